/** By what an entry about safeguarding is known: for the record, which masks it, and for access, which keeps it back (hazard H-34). */

/** What such entries are called, as the text of a regular expression; case says nothing. */
export const safeguardingTerms = String.raw`safeguard|child[- ]protection|child in need|at risk of (?:abuse|harm from others|exploitation)|domestic (?:abuse|violence)|honou?r[- ]based|female genital mutilation|\bFGM\b|\bMARAC\b|modern slavery|forced marriage|vulnerable adult|looked[- ]after child|victim of abuse`

/** HL7 v3 ActCode: sexual, domestic and other violence. */
export const safeguardingLabels: readonly string[] = ['SDV', 'VIO']
