/** Codes that mean the same measurement, so that a practice that sends SNOMED CT and a laboratory that sends LOINC share a row. @see facts: record-standard §8 */
const sct = (...codes: readonly string[]) => codes.map((code) => `http://snomed.info/sct|${code}`)
const loinc = (...codes: readonly string[]) => codes.map((code) => `http://loinc.org|${code}`)

type Measurement = { readonly key: string; readonly vital: boolean; readonly codes: readonly string[] }

// Serum and plasma share a row, as laboratories move between them; methods that give other figures (MDRD, CKD-EPI; IFCC, DCCT) do not.
const measurements: readonly Measurement[] = [
  { key: 'blood-pressure', vital: true, codes: [...loinc('85354-9', '55284-4'), ...sct('75367002')] },
  { key: 'heart-rate', vital: true, codes: [...loinc('8867-4'), ...sct('364075005', '78564009')] },
  { key: 'respiratory-rate', vital: true, codes: [...loinc('9279-1'), ...sct('86290005')] },
  { key: 'oxygen-saturation', vital: true, codes: [...loinc('2708-6', '59408-5'), ...sct('103228002')] },
  { key: 'temperature', vital: true, codes: [...loinc('8310-5'), ...sct('386725007', '276885007')] },
  { key: 'weight', vital: true, codes: [...loinc('29463-7'), ...sct('27113001')] },
  { key: 'height', vital: true, codes: [...loinc('8302-2'), ...sct('50373000')] },
  { key: 'bmi', vital: true, codes: [...loinc('39156-5'), ...sct('60621009')] },
  { key: 'head-circumference', vital: true, codes: loinc('9843-4') },
  { key: 'news2', vital: true, codes: sct('1104051000000101') },
  { key: 'consciousness', vital: true, codes: sct('1104441000000107') },
  { key: 'air-or-oxygen', vital: true, codes: sct('722742002', '371825009') },
  {
    key: 'news2-saturation-scale-1',
    vital: true,
    codes: sct('1104311000000102'),
  },
  { key: 'news2-saturation-scale-2', vital: true, codes: sct('1104321000000108') },
  { key: 'sodium', vital: false, codes: [...sct('1000661000000107', '1017381000000106'), ...loinc('2951-2')] },
  { key: 'potassium', vital: false, codes: [...sct('1000651000000109', '1017401000000106'), ...loinc('2823-3')] },
  { key: 'creatinine', vital: false, codes: [...sct('1000731000000107'), ...loinc('14682-9')] },
  { key: 'urea', vital: false, codes: [...sct('1000951000000103'), ...loinc('22664-7')] },
  { key: 'egfr-mdrd', vital: false, codes: [...sct('1020291000000106'), ...loinc('33914-3')] },
  { key: 'haemoglobin', vital: false, codes: [...sct('1022431000000105', '271026005'), ...loinc('718-7')] },
  { key: 'white-cells', vital: false, codes: [...sct('1022541000000102'), ...loinc('6690-2')] },
  { key: 'neutrophils', vital: false, codes: [...sct('1022551000000104'), ...loinc('751-8')] },
  { key: 'platelets', vital: false, codes: [...sct('1022651000000100'), ...loinc('777-3')] },
  { key: 'crp', vital: false, codes: [...sct('1001371000000100', '999651000000107'), ...loinc('1988-5')] },
  { key: 'alt', vital: false, codes: [...sct('1018251000000107'), ...loinc('1742-6')] },
  {
    key: 'hba1c',
    vital: false,
    codes: [...sct('999791000000106', '1049301000000100', '1049321000000109'), ...loinc('59261-8')],
  },
  { key: 'glucose-plasma', vital: false, codes: [...sct('1010671000000102'), ...loinc('14749-6')] },
]

const byCode = new Map(
  measurements.flatMap((measurement) => measurement.codes.map((code) => [code, measurement] as const)),
)

/** The measurement that any of these `system|code` is known to be. */
export function knownMeasurement(codes: readonly string[]): Measurement | undefined {
  for (const code of codes) {
    const found = byCode.get(code)
    if (found) return found
  }
  return undefined
}

const ucum: Readonly<Record<string, string>> = {
  '10^9/l': '10*9/L',
  'x10*9/l': '10*9/L',
  'x10^9/l': '10*9/L',
  '10e9/l': '10*9/L',
  '10*9/l': '10*9/L',
  '10^12/l': '10*12/L',
  'x10^12/l': '10*12/L',
  '10*12/l': '10*12/L',
  mmhg: 'mm[Hg]',
  'millimeter of mercury': 'mm[Hg]',
  bpm: '/min',
  'beats/min': '/min',
  'breaths/min': '/min',
  '{beats}/min': '/min',
  '{breaths}/min': '/min',
  'per minute': '/min',
  '°c': 'Cel',
  c: 'Cel',
  'degrees celsius': 'Cel',
  'ml/min/1.73m2': 'mL/min/{1.73_m2}',
  'ml/min/1.73m^2': 'mL/min/{1.73_m2}',
  'ml/min/1.73m²': 'mL/min/{1.73_m2}',
}

/** A unit folded for comparing only: spellings of one unit are equal, unlike units never are, and none is converted. */
export function foldUnit(unit: string): string {
  const plain = unit.replaceAll(/[µμ]/g, 'u').replaceAll(/\s+/g, ' ').trim()
  const known = ucum[plain.toLowerCase()]
  if (known) return known
  // Litres are written L or l; elsewhere case tells units apart (mmol, Mmol), so it stays.
  return plain.replaceAll(' ', '').replace(/\/l$/, '/L').replace(/^ml\//i, 'mL/')
}
