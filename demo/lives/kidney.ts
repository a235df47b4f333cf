/** Creatinine and eGFR that belong together: CKD-EPI 2009 without its ethnicity factor, as laboratories in the UK report it, from 18 years. */
export type Body = { readonly age: number; readonly man: boolean }

const umolPerMg = 88.4

/** mL/min/1.73m² from serum creatinine in umol/L. */
export function egfrOf(creatinine: number, body: Body): number {
  const { kappa, alpha, full } = terms(body)
  const ratio = creatinine / umolPerMg / kappa
  return full * ratio ** (ratio < 1 ? alpha : -1.209)
}

/** The serum creatinine in umol/L that gives this eGFR. */
export function creatinineFor(egfr: number, body: Body): number {
  const { kappa, alpha, full } = terms(body)
  const share = egfr / full
  return umolPerMg * kappa * share ** (1 / (share > 1 ? alpha : -1.209))
}

function terms({ age, man }: Body): { readonly kappa: number; readonly alpha: number; readonly full: number } {
  return {
    kappa: man ? 0.9 : 0.7,
    alpha: man ? -0.411 : -0.329,
    full: 141 * 0.993 ** age * (man ? 1 : 1.018),
  }
}
