/**
 * The script within a sealed list. It derives the key as `seal.ts` does: browsers have PBKDF2, not scrypt, so scrypt is built from it
 * here (RFC 7914). Plain JavaScript for browsers of 2020 and later; it asks nothing of any network.
 */
export const openerScript = `'use strict';
(function () {
  var header = JSON.parse(document.getElementById('pack').textContent);
  var boxes = document.querySelectorAll('script.box');
  var said = document.getElementById('said'), lock = document.getElementById('lock'), shown = document.getElementById('shown');
  var form = document.getElementById('form'), key = null;
  function say(words) { said.textContent = words; }
  function bytesOf(text) { return Uint8Array.from(atob(text), function (c) { return c.charCodeAt(0); }); }
  function pbkdf2(base, salt, length) {
    return crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: salt, iterations: 1 }, base, length * 8);
  }
  function salsa(y, x) {
    x.set(y);
    function q(t, a, b, n) { var s = (x[a] + x[b]) | 0; x[t] ^= (s << n) | (s >>> (32 - n)); }
    for (var i = 0; i < 4; i++) {
      q(4, 0, 12, 7); q(8, 4, 0, 9); q(12, 8, 4, 13); q(0, 12, 8, 18);
      q(9, 5, 1, 7); q(13, 9, 5, 9); q(1, 13, 9, 13); q(5, 1, 13, 18);
      q(14, 10, 6, 7); q(2, 14, 10, 9); q(6, 2, 14, 13); q(10, 6, 2, 18);
      q(3, 15, 11, 7); q(7, 3, 15, 9); q(11, 7, 3, 13); q(15, 11, 7, 18);
      q(1, 0, 3, 7); q(2, 1, 0, 9); q(3, 2, 1, 13); q(0, 3, 2, 18);
      q(6, 5, 4, 7); q(7, 6, 5, 9); q(4, 7, 6, 13); q(5, 4, 7, 18);
      q(11, 10, 9, 7); q(8, 11, 10, 9); q(9, 8, 11, 13); q(10, 9, 8, 18);
      q(12, 15, 14, 7); q(13, 12, 15, 9); q(14, 13, 12, 13); q(15, 14, 13, 18);
    }
    for (var j = 0; j < 16; j++) y[j] = (y[j] + x[j]) | 0;
  }
  function blockMix(b, out, r, y, x) {
    var blocks = 2 * r, i, j;
    for (j = 0; j < 16; j++) y[j] = b[(blocks - 1) * 16 + j];
    for (i = 0; i < blocks; i++) {
      for (j = 0; j < 16; j++) y[j] ^= b[i * 16 + j];
      salsa(y, x);
      var at = ((i >> 1) + (i & 1) * r) * 16;
      for (j = 0; j < 16; j++) out[at + j] = y[j];
    }
  }
  function romix(b, N, r) {
    var words = 32 * r, v = new Int32Array(words * N), y = new Int32Array(16), x = new Int32Array(16), other = new Int32Array(words), i, j, t;
    for (i = 0; i < N; i++) { v.set(b, i * words); blockMix(b, other, r, y, x); t = b; b = other; other = t; }
    for (i = 0; i < N; i++) {
      var from = (b[(2 * r - 1) * 16] & (N - 1)) * words;
      for (j = 0; j < words; j++) b[j] ^= v[from + j];
      blockMix(b, other, r, y, x); t = b; b = other; other = t;
    }
    return b;
  }
  async function scrypt(passphrase, kdf) {
    var base = await crypto.subtle.importKey('raw', new TextEncoder().encode(passphrase.normalize('NFKC')), 'PBKDF2', false, ['deriveBits']);
    var size = 128 * kdf.r, all = new Uint8Array(await pbkdf2(base, bytesOf(kdf.salt), kdf.p * size)), view = new DataView(all.buffer);
    for (var k = 0; k < kdf.p; k++) {
      say('Opening: step ' + (k + 1) + ' of ' + kdf.p);
      await new Promise(function (next) { setTimeout(next, 0); });
      var b = new Int32Array(size / 4), i;
      for (i = 0; i < b.length; i++) b[i] = view.getInt32(k * size + i * 4, true);
      b = romix(b, kdf.N, kdf.r);
      for (i = 0; i < b.length; i++) view.setInt32(k * size + i * 4, b[i], true);
    }
    return crypto.subtle.importKey('raw', await pbkdf2(base, all, 32), 'AES-GCM', false, ['decrypt']);
  }
  async function box(number) {
    var bytes = bytesOf(boxes[number].textContent);
    var bound = new TextEncoder().encode(JSON.stringify(['throughline-downtime', 1, header.id, header.title, header.madeAt, header.boxes, number]));
    var plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes.subarray(0, 12), additionalData: bound }, key, bytes.subarray(12));
    return new Response(new Blob([plain]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
  }
  var tools = '<p class="tools"><a href="#0">List of people</a> <a href="#all">All pages, to print</a> <a href="#lock">Lock</a></p>';
  async function show() {
    if (!key) return;
    var wanted = location.hash.slice(1) || '0';
    if (wanted === 'lock') { key = null; history.replaceState(null, '', location.pathname); location.reload(); return; }
    try {
      var html = '';
      if (wanted === 'all') {
        for (var i = 1; i < header.boxes; i++) html += '<article class="sheet">' + (await box(i)) + '</article>';
      } else if (/^[0-9]+$/.test(wanted) && Number(wanted) < header.boxes) html = await box(Number(wanted));
      else return;
      shown.innerHTML = tools + html;
      window.scrollTo(0, 0);
    } catch (fault) { shown.innerHTML = '<p class="warning"><strong>This part of the file has been altered. Do not use it.</strong></p>'; }
  }
  form.addEventListener('submit', async function (event) {
    event.preventDefault();
    if (!window.crypto || !crypto.subtle || typeof DecompressionStream === 'undefined') {
      say('This browser is too old to open the file. Use a newer one, or throughline downtime-pack open.'); return;
    }
    if (boxes.length !== header.boxes) { say('This file has been altered or is not whole. Do not use it.'); return; }
    var field = document.getElementById('pass'), passphrase = field.value;
    try {
      say('Opening'); key = await scrypt(passphrase, header.kdf); await box(0);
      field.value = ''; lock.hidden = true; shown.hidden = false; await show();
    } catch (fault) { key = null; say('The passphrase is wrong, or the file has been altered.'); field.focus(); }
  });
  window.addEventListener('hashchange', show);
})();
`
