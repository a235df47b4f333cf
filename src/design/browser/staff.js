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

// The session's end. The page knows how long it lasts from here; other tabs may have put it off, so the server is asked before anything is said.
const warnSeconds = 120
const typedEveryMs = 120_000
const meta = document.querySelector('meta[name="app-session"]')
if (meta) {
  const address = location.pathname + location.search
  let dialog
  let timer = 0
  let typedAt = 0

  const json = (path, body) =>
    fetch(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).then((answer) => (answer.ok ? answer.json() : { seconds: 0 }))
  const wait = (seconds, then) => {
    clearTimeout(timer)
    timer = setTimeout(then, Math.max(1, seconds) * 1000)
  }
  const begin = (seconds) => {
    dialog?.close()
    wait(seconds - warnSeconds, look)
  }
  // A machine that slept wakes up late: what is true is asked for, never counted.
  const look = () =>
    json('/staff/session/left').then(
      ({ seconds }) => {
        if (seconds > warnSeconds) begin(seconds)
        else if (seconds > 0) warn(seconds)
        else leave(address)
      },
      () => wait(10, look),
    )
  const stay = () =>
    json('/staff/session/stay', {}).then(({ seconds }) => (seconds > 0 ? begin(seconds) : leave(address)))
  const leave = (next) => {
    location.replace(`/staff/signed-out?next=${encodeURIComponent(next)}`)
  }

  // What was typed and not sent. Searches are soon typed again.
  const written = () => {
    for (const form of document.querySelectorAll('main form[method="post"]')) {
      const texts = [...form.querySelectorAll('textarea, input[type="text"]')]
      if (texts.some((field) => field.value !== field.defaultValue)) {
        const fields = Object.fromEntries(new FormData(form))
        delete fields['form-key']
        return { address: new URL(form.action).pathname, fields }
      }
    }
    return undefined
  }
  const end = () => {
    const draft = written()
    if (draft)
      json('/staff/drafts', draft).then(
        ({ next }) => wait(leaveBefore, () => leave(next ?? address)),
        () => leave(address),
      )
    else wait(leaveBefore, look)
  }
  const leaveBefore = 6

  const warn = (seconds) => {
    if (!dialog) {
      dialog = document.createElement('dialog')
      dialog.className = 'app-session-dialog'
      dialog.setAttribute('aria-labelledby', 'session-heading')
      const heading = document.createElement('h2')
      heading.id = 'session-heading'
      heading.textContent = 'You will be signed out in 2 minutes'
      const words = document.createElement('p')
      words.textContent = 'What you have written is kept for you.'
      const button = (text, kind, press) => {
        const made = document.createElement('button')
        made.type = 'button'
        made.className = `nhsuk-button ${kind}`
        made.textContent = text
        made.addEventListener('click', press)
        return made
      }
      const out = () => document.querySelector('form[action="/staff/sign-out"] button')?.click()
      dialog.append(
        heading,
        words,
        button('Stay signed in', '', () => void stay()),
        button('Sign out', 'nhsuk-button--secondary', out),
      )
      dialog.addEventListener('cancel', () => void stay())
      document.body.append(dialog)
    }
    if (!dialog.open && dialog.showModal) dialog.showModal()
    wait(seconds - leaveBefore, () =>
      json('/staff/session/left').then(({ seconds: left }) => (left > warnSeconds ? begin(left) : end()), end),
    )
  }

  // Whoever types is there.
  document.addEventListener('input', (event) => {
    if (event.timeStamp - typedAt < typedEveryMs) return
    typedAt = event.timeStamp
    void stay()
  })
  // Back to a page that the browser kept: it may be another's by now.
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload()
  })
  begin(Number(meta.content))
}
