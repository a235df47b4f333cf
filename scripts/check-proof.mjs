#!/usr/bin/env node
// Checks, with no access to anything, that a line is in the sealed trail, or that one checkpoint continues another.
//   node check-proof.mjs --key <public key> <proof.json> [<checkpoint.txt>]
// --key: the key that you trust, as base64, or a file as /audit/keys gives it; ask for it by another way than the proof came by.
// checkpoint.txt: a checkpoint that you or a witness kept. A consistency proof must begin with it; a line's proof must lead to it.
// It needs Node 18 or later and nothing else. docs/security/audit-trail.md says all it does, so that anybody can write it anew.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest()
const nodeHash = (left, right) => sha256(Buffer.from([1]), left, right)

function refuse(why) {
  console.error(`NOT PROVEN: ${why}`)
  process.exit(1)
}

/** Signed notes: the text, an empty line, "— <name> <base64 of 4 bytes of key number and 64 of Ed25519 signature>". */
function checkpointOf(note, keys) {
  const end = note.lastIndexOf('\n\n')
  const text = note.slice(0, end + 1)
  const signed = note
    .slice(end + 2)
    .split('\n')
    .some((line) => {
      const [, name, encoded] = /^— (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? []
      const bytes = Buffer.from(encoded ?? '', 'base64')
      return (
        bytes.length === 68 &&
        keys.some((key) => {
          const number = sha256(Buffer.from(`${name}\n\x01`), key).subarray(0, 4)
          // An Ed25519 public key as SubjectPublicKeyInfo: these twelve bytes, then the key.
          const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key])
          const object = createPublicKey({ key: spki, format: 'der', type: 'spki' })
          return number.equals(bytes.subarray(0, 4)) && verify(null, Buffer.from(text), object, bytes.subarray(4))
        })
      )
    })
  if (end < 0 || !signed) refuse('the checkpoint is not signed by a key that you trust')
  const [origin, size, root, ...rest] = text.split('\n')
  return { origin, size: Number(size), root: Buffer.from(root, 'base64'), rest: rest.filter(Boolean) }
}

/** RFC 9162 §2.1.3.2. */
function rootByInclusion(leaf, index, size, path) {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size)) return undefined
  let [node, last, root] = [index, size - 1, leaf]
  for (const step of path) {
    if (last === 0) return undefined
    if (node % 2 === 1 || node === last) {
      root = nodeHash(step, root)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)]
    } else root = nodeHash(root, step)
    ;[node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  }
  return last === 0 ? root : undefined
}

/** RFC 9162 §2.1.4.2. */
function isConsistent(first, second, path) {
  if (first.size > second.size || first.size < 1) return false
  if (first.size === second.size) return path.length === 0 && first.root.equals(second.root)
  const steps = [...path]
  let [node, last] = [first.size - 1, second.size - 1]
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  const begin = node === 0 ? first.root : steps.shift()
  if (!begin) return false
  let [old, grown] = [begin, begin]
  for (const step of steps) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      old = nodeHash(step, old)
      grown = nodeHash(step, grown)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)]
    } else grown = nodeHash(grown, step)
    ;[node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  }
  return last === 0 && old.equals(first.root) && grown.equals(second.root)
}

const names =
  'number,at,action,what,actor kind,actor id,actor,role,organisation,purpose,outcome,person,detail,address,request'.split(
    ',',
  )

/** A heading, then fifteen fields: "<bytes>:<value>" or "-", each ended by a line feed. */
function fieldsOf(line) {
  const bytes = Buffer.from(line)
  let at = bytes.indexOf('\n') + 1
  if (bytes.subarray(0, at).toString() !== 'throughline-audit-line-1\n')
    refuse('the line is in a form that this script does not know')
  const fields = names.map((name) => {
    if (bytes.subarray(at, at + 2).toString() === '-\n') {
      at += 2
      return [name, undefined]
    }
    const colon = bytes.indexOf(':', at)
    const length = Number(bytes.subarray(at, colon).toString())
    const value = bytes.subarray(colon + 1, colon + 1 + length).toString()
    at = colon + 2 + length
    return [name, value]
  })
  if (at !== bytes.length) refuse('the line has more in it than its fields')
  return fields
}

const args = process.argv.slice(2)
const keyAt = args.indexOf('--key')
const [trusted] = keyAt < 0 ? [] : args.splice(keyAt, 2).slice(1)
const [proofFile, checkpointFile] = args
if (!trusted || !proofFile) {
  console.error('node check-proof.mjs --key <public key, or file of keys> <proof.json> [<checkpoint.txt>]')
  process.exit(2)
}
const keys = (
  existsSync(trusted) ? JSON.parse(readFileSync(trusted, 'utf8')).keys.map(({ publicKey }) => publicKey) : [trusted]
).map((key) => Buffer.from(key, 'base64'))
if (keys.some((key) => key.length !== 32)) refuse('a public key has 32 bytes')
const proof = JSON.parse(readFileSync(proofFile, 'utf8'))
const path = (proof.path ?? []).map((hash) => Buffer.from(hash, 'hex'))
const kept = checkpointFile === undefined ? undefined : checkpointOf(readFileSync(checkpointFile, 'utf8'), keys)

if (proof.format === 'throughline-audit-proof-1') {
  const checkpoint = checkpointOf(proof.checkpoint, keys)
  const fields = fieldsOf(proof.line)
  const leaf = sha256(Buffer.from([0]), Buffer.from(proof.line))
  if (!rootByInclusion(leaf, proof.index, checkpoint.size, path)?.equals(checkpoint.root))
    refuse('the line is not in the tree of this checkpoint')
  if (kept && !(kept.size === checkpoint.size && kept.root.equals(checkpoint.root)))
    refuse('the checkpoint is another than yours: ask for a consistency proof between the two')
  for (const [name, value] of fields) if (value !== undefined) console.log(`${name.padEnd(14)} ${value}`)
  console.log(
    `PROVEN: place ${proof.index} of ${checkpoint.size} sealed lines of ${checkpoint.origin}, ${checkpoint.rest[0] ?? ''}`,
  )
} else if (proof.format === 'throughline-audit-consistency-1') {
  const [first, second] = [checkpointOf(proof.first, keys), checkpointOf(proof.second, keys)]
  if (kept && !(kept.size === first.size && kept.root.equals(first.root)))
    refuse('it does not begin with the checkpoint that you kept')
  if (!isConsistent(first, second, path)) refuse('the second checkpoint does not continue the first')
  console.log(`PROVEN: the trail of ${second.size} lines begins with the trail of ${first.size} lines`)
} else refuse('this is no proof that this script knows')
