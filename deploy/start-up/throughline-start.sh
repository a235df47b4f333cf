#!/bin/sh
# Tells Throughline how long this device took from power-on until now, and opens the staff page. Optional. Run it at sign-in.
# Usage: throughline-start.sh [show]. Settings in the file named by THROUGHLINE_START, else /etc/throughline-start.conf, one NAME=value a line:
#   URL   https://record.example.nhs.uk      where Throughline is
#   SITE  ward 4                             what this place is called: never a person's name
#   KEY   the server's ESTATE_KEY
#   OPEN  xdg-open                           what opens a page; empty: nothing is opened
#   DEVICE anything of this device alone     only where it has no /etc/machine-id
# Tells nothing but: a hash of the device's number, the site, and two times. Needs sh, ps, sed, sha256sum and curl, nothing else. Never fails a sign-in.

settings=${THROUGHLINE_START:-/etc/throughline-start.conf}
setting() { sed -n "s/^$1=//p" "$settings" 2>/dev/null | tail -n 1; }
url=$(setting URL)
site=$(setting SITE)
key=$(setting KEY)
open=$(setting OPEN)

# Of the device and not of whoever uses it; a hash, from which the device's own number cannot be had back.
number=$(cat /etc/machine-id /var/lib/dbus/machine-id 2>/dev/null | head -n 1)
device=$(printf 'throughline-start %s' "${number:-$(setting DEVICE)}" | sha256sum | cut -c 1-32)
if [ "${1:-}" = show ]; then
  printf 'This device is %.8s at %s.\n' "$device" "${site:-no site}"
  exit 0
fi
[ -n "${number:-$(setting DEVICE)}" ] || { echo "throughline-start: this device has no machine-id: name any as DEVICE" >&2; exit 0; }
[ -n "$url" ] && [ -n "$site" ] && [ -n "$key" ] || { echo "throughline-start: $settings names no URL, SITE or KEY" >&2; exit 0; }

# Milliseconds since power-on: of the kernel's clock, and when the oldest process of this session began.
up=$(sed 's/ .*//; s/\.\(..\).*/\1/' /proc/uptime 2>/dev/null)0
oldest=$(ps -u "$(id -u)" -o etimes= 2>/dev/null | tr -d ' ' | sort -n | tail -n 1)
signed=
if [ -n "$oldest" ] && [ $((oldest * 1000)) -le "$up" ]; then signed=",\"signedIn\":$((up - oldest * 1000))"; fi

# The key goes by standard input: arguments can be read by everybody on the device.
answer=$(printf 'header = "authorization: Bearer %s"\n' "$key" |
  curl --silent --max-time 10 --config - --header 'content-type: application/json' \
    --data "{\"device\":\"$device\",\"site\":\"$site\",\"sincePowerOn\":$up$signed}" "$url/staff/estate/starts" 2>/dev/null)
path=$(printf '%s' "$answer" | sed -n 's/.*"open":"\(\/staff\/estate\/starts\/[a-z0-9]*\/[a-z0-9]*\)".*/\1/p')
# What was not answered is not tried again: the page opens all the same.
if [ -n "$open" ]; then "$open" "$url${path:-/staff}" >/dev/null 2>&1 & fi
exit 0
