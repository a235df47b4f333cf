/** A drawing and a form that show nobody: as base64, the same bytes every time. */

/** PNG, 120 × 80: an oval on a plain ground. */
export const drawing =
  'iVBORw0KGgoAAAANSUhEUgAAAHgAAABQCAMAAADlRUG7AAAACVBMVEX13siqPDzhloJZQY/GAAAAqklEQVR42u3YQQ6AIAwFUen9D+1WolFsSyfonwu84EJot00ppZRSa2Z9hFmj21MQO4W28eax7dwk+h69wCvZfHqY7elSNpF+y3Z0sZsh+9wE2cce6OCB/bBVuzE54kY+dswNyDDcWlAuP7D7yIIFC14fxv5cP7wksPuYe4Fgby7ulcm9q7FJgpuduGmRm4/BjQC3AwG3PtyeC9zskbtMcHuL7quVUkqp77YDGFIO1tWYWIkAAAAASUVORK5CYII='

/** One page of plain lines, as a PDF. Letters outside Latin-1 become question marks. */
export function smallPdf(lines: readonly string[]): string {
  const shown = lines
    .map((line, at) => `${at === 0 ? '60 780' : '0 -22'} Td (${line.replaceAll(/[\\()]/g, (sign) => `\\${sign}`)}) Tj`)
    .join('\n')
  const content = `BT /F1 14 Tf\n${shown}\nET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let pdf = '%PDF-1.4\n'
  const starts = objects.map((object, at) => {
    const start = pdf.length
    pdf += `${at + 1} 0 obj\n${object}\nendobj\n`
    return start
  })
  const table = starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('')
  pdf += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${pdf.length}\n%%EOF\n`
  return Buffer.from(pdf, 'latin1').toString('base64')
}
