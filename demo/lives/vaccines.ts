import type { Vaccination } from './life.ts'

/** The procedure is what was done, the product what was given; a product stands only where the season does not change it. */
export const vaccines: Readonly<
  Record<
    Vaccination['kind'],
    { readonly name: string; readonly product?: string; readonly procedure: string; readonly procedureName: string }
  >
> = {
  influenza: {
    name: 'Seasonal influenza vaccine',
    procedure: '822851000000102',
    procedureName: 'Seasonal influenza vaccination',
  },
  covid: {
    name: 'Comirnaty COVID-19 mRNA Vaccine',
    product: '39115611000001103',
    procedure: '1119350007',
    procedureName: 'Administration of SARS-CoV-2 mRNA vaccine',
  },
}
