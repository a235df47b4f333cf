import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frame, frameReader } from './mllp-frames.ts'

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

test('frames come out whole however the stream is cut', () => {
  const body = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.filter((byte) => byte !== 0x0b && byte !== 0x1c))
  fc.assert(
    fc.property(
      fc.array(body, { maxLength: 5 }),
      fc.array(fc.nat(7), { minLength: 1, maxLength: 60 }),
      (bodies, cuts) => {
        const stream = Buffer.concat(bodies.map((bytes) => frame(bytes)))
        const reader = frameReader(1_000)
        const out: string[] = []
        for (let at = 0, n = 0; at < stream.length; n += 1) {
          const size = (cuts[n % cuts.length] ?? 0) + 1
          out.push(...reader.push(stream.subarray(at, at + size)).map(({ bytes }) => text(bytes)))
          at += size
        }
        expect(out).toEqual(bodies.map(text))
      },
    ),
  )
})

test('garbage between frames is passed over, and an end block needs no carriage return', () => {
  const reader = frameReader(100)
  const frames = reader.push(Buffer.from('noise\r\n\x0bMSH|1\x1c\x0bMSH|2\x1c\rmore noise\x0bMSH|3\x1c\r', 'latin1'))
  expect(frames.map(({ bytes }) => text(bytes))).toEqual(['MSH|1', 'MSH|2', 'MSH|3'])
})

test('a frame that its sender gave up for the next one is not read into it', () => {
  const reader = frameReader(100)
  const frames = reader.push(Buffer.from('\x0bMSH|cut\rPID|1\x0bMSH|next\rOBX|a\x0bb\x1c\r\x0bMSH|3\x1c\r', 'latin1'))
  expect(frames.map(({ bytes, afterCutOff }) => [text(bytes), afterCutOff])).toEqual([
    ['MSH|next\rOBX|a\x0bb', true],
    ['MSH|3', undefined],
  ])
})

test('of a frame over the limit only the beginning is held, and the next frame is read', () => {
  const reader = frameReader(1_000)
  const huge = Buffer.alloc(100_000, 'x')
  const frames = [
    ...reader.push(Buffer.from('\x0bMSH|huge')),
    ...reader.push(huge),
    ...reader.push(huge),
    ...reader.push(Buffer.from('\x1c\r\x0bMSH|next\x1c\r')),
  ]
  expect(frames.map(({ bytes, tooLong }) => [text(bytes).slice(0, 8), bytes.length <= 1_000, tooLong?.length])).toEqual(
    [
      ['MSH|huge', true, 200_008],
      ['MSH|next', true, undefined],
    ],
  )
})

test('any bytes are read without throwing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(() => frameReader(50).push(bytes)).not.toThrow()
    }),
  )
})
