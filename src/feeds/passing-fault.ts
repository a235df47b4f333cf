/** SQLSTATE classes and driver codes of faults that pass by themselves: connection lost, server starting or stopping, deadlock, serialisation. */
const passing = /^(08|40|57P0[1-5]|53300|55P03|CONNECTION_|CONNECT_TIMEOUT|ECONN|ENOENT|EPIPE|ETIMEDOUT)/

/** Is it worth trying the same thing again? */
export function isPassing(fault: unknown): boolean {
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : ''
  return passing.test(code)
}
