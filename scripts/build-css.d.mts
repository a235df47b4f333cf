export function stylesheet(app: string): Promise<string>
export function buildCss(folder?: string): Promise<Readonly<Record<'staff.css' | 'patient.css' | 'icon.svg', string>>>
