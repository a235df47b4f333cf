/** The page around a sealed list: says what it is, asks for the passphrase, and opens itself in the browser, with no server and no other file. */
import { createHash } from 'node:crypto'
import { dateAndTime } from '../../design/index.ts'
import { escapeXhtml } from '../summary/narrative.ts'
import { openerScript } from './opener-script.ts'
import type { PackHeader } from './seal.ts'
import { downtimeCss } from './style.ts'

const policy = `default-src 'none'; script-src 'sha256-${createHash('sha256').update(openerScript).digest('base64')}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`

/** @param boxes base64 */
export function opener(header: PackHeader, boxes: readonly string[]): string {
  const title = escapeXhtml(header.title)
  const at = escapeXhtml(dateAndTime(new Date(header.madeAt)))
  // Within a script element only `<` could end it.
  const head = JSON.stringify(header).replaceAll('<', '\\u003c')
  return `<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">
<title>Downtime pack: ${title}</title><style>${downtimeCss}</style></head>
<body>
<header class="bar"><strong>Downtime pack: ${title}</strong> <span class="asat">As at ${at}</span>${header.demo ? ' <strong class="made-up">Synthetic: invented people</strong>' : ''}</header>
<main id="lock">
<h1>${title}</h1>
<p class="asat">As at ${at}. It says nothing of what came later.</p>
<noscript><p class="warning"><strong>This file needs JavaScript to open.</strong> Switch it on for this file, or open the file on a computer with Throughline: <code>throughline downtime-pack open</code>.</p></noscript>
<form id="form"><label for="pass">Passphrase</label> <input id="pass" type="password" autocomplete="off" spellcheck="false" required> <button type="submit">Open</button></form>
<p id="said" role="status"></p>
</main>
<main id="shown" hidden></main>
<script type="application/json" id="pack">${head}</script>
${boxes.map((box) => `<script type="text/plain" class="box">${box}</script>`).join('\n')}
<script>${openerScript}</script>
</body></html>
`
}
