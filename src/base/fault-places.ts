import { Problem } from './problem.ts'

/** Errors whose words the engine makes of our own names. Those of parsers and of the database may quote what was sent or stored. */
const oursToTell = ['TypeError', 'ReferenceError', 'RangeError']

/**
 * What a log may hold of something thrown: its kind, the database's code for it, and where it arose. Never the text of a parser's or the
 * database's message, which may quote a patient's data or a secret.
 * @returns some lines of text; 'unknown' when what was thrown is no error
 */
export function faultPlaces(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown'
  const fault = thrown instanceof Problem && thrown.cause instanceof Error ? thrown.cause : thrown
  const code =
    'code' in fault && typeof fault.code === 'string' && /^\w{1,40}$/.test(fault.code) ? ` ${fault.code}` : ''
  const said = fault instanceof Problem || oursToTell.includes(fault.name) ? `: ${fault.message.slice(0, 300)}` : ''
  const stack = fault.stack ?? ''
  const after = stack.includes(fault.message) ? stack.slice(stack.indexOf(fault.message) + fault.message.length) : stack
  const places = after.split('\n').filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line))
  return [`${fault.name}${code}${said}`, ...places.slice(0, 8)].join('\n')
}
