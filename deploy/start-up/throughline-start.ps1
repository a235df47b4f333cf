# Tells Throughline how long this device took from power-on until now, and opens the staff page. Optional. Run it at sign-in
# (Task Scheduler: "At log on", or a logon script). Works in Windows PowerShell 3 and later. Never fails a sign-in.
# Usage: throughline-start.ps1 [-Show]. Settings in %ProgramData%\Throughline\start.json:
#   { "url": "https://record.example.nhs.uk", "site": "ward 4", "key": "the server's ESTATE_KEY", "open": true }
# Tells nothing but: a hash of the device's number, the site, and two times. Reads no user name, computer name, address or file of the user's.
param([switch]$Show)
$ErrorActionPreference = 'Stop'
try {
  $folder = Join-Path $env:ProgramData 'Throughline'
  $settings = Get-Content -Raw -Path (Join-Path $folder 'start.json') | ConvertFrom-Json

  # Of the device and not of whoever uses it; a hash, from which the device's own number cannot be had back.
  $number = (Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\Cryptography' -Name MachineGuid).MachineGuid
  $bytes = [Security.Cryptography.SHA256]::Create().ComputeHash([Text.Encoding]::UTF8.GetBytes('throughline-start ' + $number))
  $device = (-join ($bytes | ForEach-Object { $_.ToString('x2') })).Substring(0, 32)
  if ($Show) {
    Write-Output ('This device is {0} at {1}.' -f $device.Substring(0, 8), $settings.site)
    exit 0
  }

  # With Fast Startup, LastBootUpTime is that of the last full restart: the kernel's own event 27 is written at every start.
  $now = Get-Date
  $poweredOn = $null
  try {
    $poweredOn = (Get-WinEvent -MaxEvents 1 -FilterHashtable @{ LogName = 'System'; ProviderName = 'Microsoft-Windows-Kernel-Boot'; Id = 27 }).TimeCreated
  } catch { }
  if ($null -eq $poweredOn) {
    $poweredOn = [System.Management.ManagementDateTimeConverter]::ToDateTime((Get-WmiObject Win32_OperatingSystem).LastBootUpTime)
  }
  $report = @{ device = $device; site = [string]$settings.site; sincePowerOn = [int][math]::Max(0, ($now - $poweredOn).TotalMilliseconds) }
  $session = (Get-Process -Id $PID).SessionId
  $desktop = Get-Process -Name explorer -ErrorAction SilentlyContinue | Where-Object { $_.SessionId -eq $session } | Sort-Object StartTime | Select-Object -First 1
  if ($null -ne $desktop) {
    $signedIn = [int]($desktop.StartTime - $poweredOn).TotalMilliseconds
    if ($signedIn -ge 0 -and $signedIn -le $report.sincePowerOn) { $report.signedIn = $signedIn }
  }

  # Older Windows offers less unless told.
  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
  $path = '/staff'
  try {
    $answer = Invoke-RestMethod -Method Post -TimeoutSec 10 -Uri ($settings.url + '/staff/estate/starts') `
      -Headers @{ Authorization = 'Bearer ' + $settings.key } -ContentType 'application/json' -Body ($report | ConvertTo-Json -Compress)
    if ($answer.open -match '^/staff/estate/starts/[a-z0-9]+/[a-z0-9]+$') { $path = $answer.open }
  } catch { }
  # What was not answered is not tried again: the page opens all the same.
  if ($settings.open -and $settings.url -match '^https?://') { Start-Process ($settings.url + $path) }
} catch { }
exit 0
