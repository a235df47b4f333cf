/*
 * The one module of the staff app. Everything works without it: it adds keys to links that stand on the page anyway, and tells how long the
 * first page after a start of the device took. It reads nothing of the page's content and asks nobody but this site.
 */
const keys = {
  'g h': '.nhsuk-header__service-name',
  'g f': '.nhsuk-header a[href="/staff/find"]',
  'g r': '.nhsuk-header a[href="/staff/recent"]',
  'g w': '.nhsuk-header a[href="/staff/worklist"]',
  'g l': '.nhsuk-header a[href="/staff/lists"]',
  'g s': '.app-sections a',
  'g t': '.app-sections a[href$="/timeline"]',
  'g m': '.app-sections a[href$="/medicines"]',
  'g a': '.app-sections a[href$="/allergies"]',
  'g e': '.app-sections a[href$="/tests"]',
  'g d': '.app-sections a[href$="/letters"]',
  '?': '.nhsuk-footer a[href="/staff/help/keyboard"]',
}
const storageKey = 'throughline-keys'
const waitMs = 1500
let first = ''
let firstAt = 0

function areOff() {
  try {
    return localStorage.getItem(storageKey) === 'off'
  } catch {
    return false
  }
}

// Whoever types, or presses a key together with another, means something else; a key held down is one press.
function isForUs(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat || event.defaultPrevented)
    return false
  return !(
    event.target instanceof Element &&
    event.target.closest('input, textarea, select, summary, dialog, [contenteditable]')
  )
}

document.addEventListener('keydown', (event) => {
  if (areOff() || !isForUs(event)) return
  const pressed = first !== '' && event.timeStamp - firstAt < waitMs ? `${first} ${event.key}` : event.key
  first = ''
  if (pressed === '/') {
    const box = document.querySelector('input[type="search"]')
    const link = document.querySelector(keys['g f'])
    if (!box && !link) return
    event.preventDefault()
    if (box) box.focus()
    else link.click()
  } else if (pressed === 'g') {
    first = 'g'
    firstAt = event.timeStamp
  } else if (Object.hasOwn(keys, pressed)) {
    const link = document.querySelector(keys[pressed])
    if (!link) return
    event.preventDefault()
    link.click()
  }
})

// The switch stands on the keyboard page only, and appears only where it does something (WCAG 2.1.4).
const place = document.getElementById('keys-switch')
if (place) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'nhsuk-button nhsuk-button--secondary'
  const show = () => {
    button.textContent = areOff() ? 'Turn single keys on' : 'Turn single keys off'
  }
  button.addEventListener('click', () => {
    try {
      if (areOff()) localStorage.removeItem(storageKey)
      else localStorage.setItem(storageKey, 'off')
    } catch {
      // A browser that keeps nothing: the keys stay as they are.
    }
    show()
  })
  show()
  place.replaceChildren(button)
}

// Once in a browser's session. Without the start-up script the server keeps nothing of it.
addEventListener('load', () => {
  setTimeout(() => {
    try {
      if (sessionStorage.getItem('throughline-timed') || !document.querySelector('.nhsuk-header__account')) return
      sessionStorage.setItem('throughline-timed', 'yes')
    } catch {
      return
    }
    const [page] = performance.getEntriesByType('navigation')
    if (!page || !navigator.sendBeacon) return
    const times = {
      firstByte: Math.round(page.responseStart),
      readable: Math.round(page.domInteractive),
      loaded: Math.round(page.loadEventEnd),
    }
    navigator.sendBeacon('/staff/estate/page-times', new Blob([JSON.stringify(times)], { type: 'application/json' }))
  }, 0)
})
