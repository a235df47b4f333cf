/**
 * Medicines that the area uses. A dm+d code stands only where it was confirmed against published code lists. All carry the code of
 * Riverton's own formulary, as real systems carry their supplier's: by it the practices and the pharmacy mean the same thing.
 */
export type Medicine = {
  readonly name: string
  /** dm+d virtual medicinal product. */
  readonly dmd?: string
  /** The usual dose first, then stronger ones. */
  readonly doses: readonly [string, ...string[]]
  readonly quantity: number
  readonly unit: 'tablet' | 'capsule' | 'dose'
}

export const medicines = {
  metformin: {
    name: 'Metformin 500mg tablets',
    dmd: '325278007',
    doses: ['One tablet twice a day with food', 'Two tablets twice a day with food'],
    quantity: 56,
    unit: 'tablet',
  },
  gliclazide: {
    name: 'Gliclazide 80mg tablets',
    doses: ['One tablet each morning with breakfast', 'One tablet twice a day with food'],
    quantity: 28,
    unit: 'tablet',
  },
  empagliflozin: {
    name: 'Empagliflozin 10mg tablets',
    doses: ['One tablet each morning'],
    quantity: 28,
    unit: 'tablet',
  },
  ramipril: {
    name: 'Ramipril 5mg capsules',
    dmd: '42381611000001104',
    doses: ['One capsule each morning', 'Two capsules each morning'],
    quantity: 28,
    unit: 'capsule',
  },
  amlodipine: {
    name: 'Amlodipine 5mg tablets',
    dmd: '39732011000001102',
    doses: ['One tablet each morning', 'Two tablets each morning'],
    quantity: 28,
    unit: 'tablet',
  },
  atorvastatin: {
    name: 'Atorvastatin 20mg tablets',
    dmd: '39733011000001106',
    doses: ['One tablet at night', 'Two tablets at night'],
    quantity: 28,
    unit: 'tablet',
  },
  apixaban: {
    name: 'Apixaban 5mg tablets',
    dmd: '42206511000001102',
    doses: ['One tablet twice a day'],
    quantity: 56,
    unit: 'tablet',
  },
  bisoprolol: {
    name: 'Bisoprolol 2.5mg tablets',
    doses: ['One tablet each morning', 'Two tablets each morning'],
    quantity: 28,
    unit: 'tablet',
  },
  bisoprolol5: { name: 'Bisoprolol 5mg tablets', doses: ['One tablet each morning'], quantity: 28, unit: 'tablet' },
  furosemide: {
    name: 'Furosemide 40mg tablets',
    doses: ['One tablet each morning', 'Two tablets each morning'],
    quantity: 28,
    unit: 'tablet',
  },
  salbutamol: {
    name: 'Salbutamol 100micrograms/dose inhaler CFC free',
    dmd: '39113611000001102',
    doses: ['Inhale two puffs when needed'],
    quantity: 200,
    unit: 'dose',
  },
  beclometasone: {
    name: 'Beclometasone 100micrograms/dose inhaler CFC free',
    doses: ['Inhale two puffs twice a day'],
    quantity: 200,
    unit: 'dose',
  },
  tiotropium: {
    name: 'Tiotropium bromide 2.5micrograms/dose inhalation solution',
    doses: ['Inhale two puffs once a day'],
    quantity: 60,
    unit: 'dose',
  },
  prednisolone: {
    name: 'Prednisolone 5mg tablets',
    dmd: '325427002',
    doses: ['Six tablets each morning for five days'],
    quantity: 30,
    unit: 'tablet',
  },
  amoxicillin: {
    name: 'Amoxicillin 250mg capsules',
    dmd: '39732311000001104',
    doses: ['Two capsules three times a day for seven days'],
    quantity: 42,
    unit: 'capsule',
  },
  doxycycline: {
    name: 'Doxycycline 100mg capsules',
    doses: ['Two capsules on the first day, then one a day for four days'],
    quantity: 6,
    unit: 'capsule',
  },
  sertraline: {
    name: 'Sertraline 50mg tablets',
    doses: ['One tablet each morning', 'Two tablets each morning'],
    quantity: 28,
    unit: 'tablet',
  },
  mirtazapine: {
    name: 'Mirtazapine 15mg tablets',
    doses: ['One tablet at night', 'Two tablets at night'],
    quantity: 28,
    unit: 'tablet',
  },
  olanzapine: { name: 'Olanzapine 10mg tablets', doses: ['One tablet at night'], quantity: 28, unit: 'tablet' },
  donepezil: {
    name: 'Donepezil 5mg tablets',
    doses: ['One tablet at night', 'Two tablets at night'],
    quantity: 28,
    unit: 'tablet',
  },
  levothyroxine: {
    name: 'Levothyroxine sodium 100microgram tablets',
    doses: ['One tablet each morning before breakfast'],
    quantity: 28,
    unit: 'tablet',
  },
  paracetamol: {
    name: 'Paracetamol 500mg tablets',
    dmd: '322236009',
    doses: ['Two tablets up to four times a day when needed'],
    quantity: 100,
    unit: 'tablet',
  },
  cocodamol: {
    name: 'Co-codamol 30mg/500mg tablets',
    dmd: '322341003',
    doses: ['One or two tablets up to four times a day when needed'],
    quantity: 100,
    unit: 'tablet',
  },
  omeprazole: {
    name: 'Omeprazole 20mg gastro-resistant capsules',
    doses: ['One capsule each morning'],
    quantity: 28,
    unit: 'capsule',
  },
  lipitor: { name: 'Lipitor 20mg tablets', doses: ['One tablet at night'], quantity: 28, unit: 'tablet' },
  ibuprofen: {
    name: 'Ibuprofen 400mg tablets',
    doses: ['One tablet three times a day with food'],
    quantity: 84,
    unit: 'tablet',
  },
  alendronic: {
    name: 'Alendronic acid 70mg tablets',
    doses: ['One tablet once a week, with water, sitting up'],
    quantity: 4,
    unit: 'tablet',
  },
  naproxen: {
    name: 'Naproxen 500mg tablets',
    doses: ['One tablet twice a day with food'],
    quantity: 56,
    unit: 'tablet',
  },
} as const satisfies Record<string, Medicine>

export type MedicineKey = keyof typeof medicines

/** An invented code system of an invented area: its codes are the keys of `medicines`. */
export const formulary = 'https://riverton.example/CodeSystem/formulary'
