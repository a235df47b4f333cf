/** A screenshot with at most 256 colours, a third of the bytes: pages have few colours, and a repository keeps every picture for ever. */
import { crc32, deflateSync, inflateSync } from 'node:zlib'

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])

/** @param {Buffer} png as Chromium writes it: 8 bits a channel, RGB or RGBA, not interlaced */
export function smallPng(png) {
  const { width, height, channels, pixels } = read(png)
  const { palette, indexes } = reduce(pixels, channels)
  const rows = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y += 1) indexes.copy(rows, y * (width + 1) + 1, y * width, (y + 1) * width)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3], 8)
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type, body) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body])
  const whole = Buffer.alloc(body.length + 12)
  whole.writeUInt32BE(body.length, 0)
  named.copy(whole, 4)
  whole.writeUInt32BE(crc32(named), body.length + 8)
  return whole
}

function read(png) {
  const data = []
  let header = Buffer.alloc(13)
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    const body = png.subarray(at + 8, at + 8 + length)
    if (type === 'IHDR') header = body
    if (type === 'IDAT') data.push(body)
    at += length + 12
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const channels = { 2: 3, 6: 4 }[header[9]]
  if (header[8] !== 8 || channels === undefined || header[12] !== 0)
    throw new Error('Not a picture as Chromium takes it.')
  return {
    width,
    height,
    channels,
    pixels: unfiltered(inflateSync(Buffer.concat(data)), width * channels, height, channels),
  }
}

function unfiltered(raw, stride, height, back) {
  const out = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)]
    for (let x = 0; x < stride; x += 1) {
      const left = x < back ? 0 : out[y * stride + x - back]
      const up = y === 0 ? 0 : out[(y - 1) * stride + x]
      const corner = x < back || y === 0 ? 0 : out[(y - 1) * stride + x - back]
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]
      out[y * stride + x] = raw[y * (stride + 1) + 1 + x] + guess
    }
  }
  return out
}

function paeth(left, up, corner) {
  const sum = left + up - corner
  const [a, b, c] = [Math.abs(sum - left), Math.abs(sum - up), Math.abs(sum - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

/** The 256 commonest colours; any other becomes the nearest of them. */
function reduce(pixels, channels) {
  const count = new Map()
  const total = pixels.length / channels
  const keyAt = (place) =>
    (pixels[place * channels] << 16) | (pixels[place * channels + 1] << 8) | pixels[place * channels + 2]
  for (let place = 0; place < total; place += 1) count.set(keyAt(place), (count.get(keyAt(place)) ?? 0) + 1)
  const palette = [...count]
    .sort((one, other) => other[1] - one[1] || one[0] - other[0])
    .slice(0, 256)
    .map(([key]) => [key >> 16, (key >> 8) & 255, key & 255])
  const nearest = new Map()
  const indexOf = (key) => {
    const known = nearest.get(key)
    if (known !== undefined) return known
    const away = palette.map(
      ([r, g, b]) => (r - (key >> 16)) ** 2 + (g - ((key >> 8) & 255)) ** 2 + (b - (key & 255)) ** 2,
    )
    const index = away.indexOf(Math.min(...away))
    nearest.set(key, index)
    return index
  }
  const indexes = Buffer.alloc(total)
  for (let place = 0; place < total; place += 1) indexes[place] = indexOf(keyAt(place))
  return { palette, indexes }
}
