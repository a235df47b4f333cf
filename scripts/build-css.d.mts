export function stylesheet(app: string): Promise<string>
export function module(app: string): Promise<string>
export function buildCss(
  folder?: string,
): Promise<Readonly<Record<'staff.css' | 'staff.js' | 'patient.css' | 'icon.svg', string>>>
