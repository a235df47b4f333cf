/**
 * One sealed file for a list: box 0 is its index, each other box one person's page. AES-256-GCM under a key that scrypt makes of the
 * passphrase; each box is bound to its file, its number and how many there are, so that none can be changed, moved, left out or brought from
 * another file unnoticed (hazard H-45).
 * @see NIST SP 800-38D; RFC 7914; OWASP Password Storage (scrypt 2^15, 8, 3)
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { Problem } from '../../base/index.ts'
import { opener } from './opener.ts'

export type PackHeader = {
  readonly v: 1
  /** Random: the file's own. */
  readonly id: string
  readonly title: string
  /** ISO instant. */
  readonly madeAt: string
  readonly demo: boolean
  /** The index and the people. */
  readonly boxes: number
  readonly kdf: {
    readonly name: 'scrypt'
    readonly N: number
    readonly r: number
    readonly p: number
    readonly salt: string
  }
}

const cost = { N: 2 ** 15, r: 8, p: 3 }
const zip = promisify(gzip)
const unzip = promisify(gunzip)

/** What every box is bound to. The browser's opener writes the same. */
function boundTo({ id, title, madeAt, boxes }: PackHeader, box: number): Buffer {
  return Buffer.from(JSON.stringify(['throughline-downtime', 1, id, title, madeAt, boxes, box]))
}

async function keyOf(passphrase: string, { kdf }: PackHeader): Promise<Buffer> {
  const { N, r, p, salt } = kdf
  return await new Promise((done, fail) => {
    scrypt(
      passphrase.normalize('NFKC'),
      Buffer.from(salt, 'base64'),
      32,
      { N, r, p, maxmem: 256 * N * r },
      (fault, key) => (fault ? fail(fault) : done(key)),
    )
  })
}

/** A page made small: what waits in memory until all are read. */
export async function pressed(html: string): Promise<Buffer> {
  return await zip(Buffer.from(html), { level: 9 })
}

/** The whole file: a page that opens itself in a browser once it is given the passphrase. @param boxes pressed: the index first */
export async function sealPack(
  boxes: readonly Buffer[],
  {
    title,
    madeAt,
    demo,
    passphrase,
  }: Pick<PackHeader, 'title' | 'demo'> & { readonly madeAt: Date; readonly passphrase: string },
): Promise<string> {
  const header: PackHeader = {
    v: 1,
    id: randomBytes(16).toString('hex'),
    title,
    madeAt: madeAt.toISOString(),
    demo,
    boxes: boxes.length,
    kdf: { name: 'scrypt', ...cost, salt: randomBytes(16).toString('base64') },
  }
  const key = await keyOf(passphrase, header)
  const sealed = boxes.map((box, number) => {
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, iv)
    cipher.setAAD(boundTo(header, number))
    return Buffer.concat([iv, cipher.update(box), cipher.final(), cipher.getAuthTag()]).toString('base64')
  })
  key.fill(0)
  return opener(header, sealed)
}

const boxMark = /<script type="text\/plain" class="box">([A-Za-z0-9+/=]*)<\/script>/g
const lengthMax = 1_000_000_000

/** The header of a file, which is not secret; undefined when it is no such file. */
export function readHeader(file: string): PackHeader | undefined {
  const found = /<script type="application\/json" id="pack">([^<]*)<\/script>/.exec(file.slice(0, 2_000_000))?.[1]
  try {
    const header: unknown = JSON.parse(found ?? '')
    return isHeader(header) ? header : undefined
  } catch {
    return undefined
  }
}

function isHeader(value: unknown): value is PackHeader {
  if (typeof value !== 'object' || value === null) return false
  const { v, id, title, madeAt, boxes, kdf } = value as Partial<PackHeader>
  if (v !== 1 || typeof id !== 'string' || typeof title !== 'string' || typeof madeAt !== 'string') return false
  // A file asks for no more work than ours do: it may come from anybody.
  return (
    Number.isInteger(boxes) &&
    kdf?.name === 'scrypt' &&
    kdf.N === cost.N &&
    kdf.r === cost.r &&
    kdf.p === cost.p &&
    typeof kdf.salt === 'string'
  )
}

/**
 * Opens a file.
 * @returns the index and the pages, each as the HTML that was put in
 * @throws Problem 'invalid' when it is no such file, the passphrase is wrong, or anything in it was altered; it tells nothing of what is in it
 */
export async function openPack(
  file: string,
  passphrase: string,
): Promise<{ readonly header: PackHeader; readonly index: string; page(number: number): Promise<string> }> {
  const header = file.length > lengthMax ? undefined : readHeader(file)
  if (!header)
    throw new Problem('invalid', 'This is no downtime pack', 'Choose a file that throughline downtime-pack made.')
  const boxes = [...file.matchAll(boxMark)].map(([, box = '']) => box)
  if (boxes.length !== header.boxes) throw altered()
  const key = await keyOf(passphrase, header)
  const page = async (number: number): Promise<string> => {
    const bytes = Buffer.from(boxes[number] ?? '', 'base64')
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
      decipher.setAAD(boundTo(header, number))
      decipher.setAuthTag(bytes.subarray(-16))
      const box = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
      return (await unzip(box)).toString()
    } catch {
      throw number === 0 ? wrongOrAltered() : altered()
    }
  }
  return { header, index: await page(0), page }
}

// Which of the two it is, the cipher cannot say: to tell would be to guess.
const wrongOrAltered = () =>
  new Problem(
    'invalid',
    'The passphrase is wrong, or the file has been altered',
    'Check the passphrase; if it is right, do not use this file.',
  )
const altered = () =>
  new Problem('invalid', 'This file has been altered or is not whole', 'Do not use it: take another copy.')
