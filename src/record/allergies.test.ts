/** Hazards H-01 and H-02: "not recorded" never looks like "none", and a "none" never hides an allergy. @see docs/clinical-safety/hazard-log.md */
import { describe, expect, test } from 'vitest'
import {
  allergy,
  emptyList,
  noKnownAllergy,
  penicillin,
  recordFrom,
  sarah,
} from '../../test/support/invented-record.ts'

const person = sarah('p')

describe('H-01 allergies are in exactly one of four states', () => {
  test('H-01 nobody said anything: not recorded, never none', () => {
    expect(recordFrom({ gp: [person] }).allergies.state).toBe('not-recorded')
    expect(recordFrom({}).allergies.state).toBe('not-recorded')
  })

  test('H-01 an empty list is not a statement that there are none', () => {
    for (const reason of ['notasked', 'notstarted', 'closed', 'no-content-recorded', ''])
      expect(recordFrom({ gp: [person, emptyList('l', reason)] }).allergies.state, reason).toBe('not-recorded')
  })

  test('H-01 somebody recorded that there are none: by code, by list, by words', () => {
    expect(recordFrom({ gp: [person, noKnownAllergy('a')] }).allergies.state).toBe('no-known-allergies')
    expect(recordFrom({ gp: [person, emptyList('l', 'nilknown')] }).allergies.state).toBe('no-known-allergies')
    const words = allergy('a', '', '', { code: { text: 'No known allergies' } })
    expect(recordFrom({ pas: [person, words] }).allergies).toMatchObject({ state: 'no-known-allergies', allergies: [] })
  })

  test('H-01 "no known drug allergy" says nothing of other allergies', () => {
    const { allergies } = recordFrom({ pas: [person, allergy('a', '409137002', 'No known drug allergy')] })
    expect(allergies.state).toBe('not-recorded')
    expect(allergies.negatives).toMatchObject([{ about: 'medicines', text: 'No known drug allergy' }])
    expect(
      recordFrom({ pas: [person, allergy('a', '', '', { code: { text: 'NKDA' } })] }).allergies.negatives[0]?.about,
    ).toBe('medicines')
  })

  test('H-01 a list that was withheld or could not be had makes allergies unavailable, even beside a recorded none', () => {
    for (const reason of ['unavailable', 'withheld']) {
      const { allergies } = recordFrom({ gp: [person, noKnownAllergy('a')], mh: [emptyList('l', reason)] })
      expect(allergies, reason).toMatchObject({
        state: 'unavailable',
        unavailableFrom: ['Riverton Mental Health Trust'],
      })
      expect(allergies.negatives).toHaveLength(1)
    }
  })

  test('H-01 a source of this person that fails now makes allergies unavailable; one that never spoke of them does not', () => {
    expect(recordFrom({ gp: [person] }, { failing: ['gp'] }).allergies).toMatchObject({
      state: 'unavailable',
      unavailableFrom: ['Riverside Surgery'],
    })
    expect(recordFrom({ gp: [person] }, { failing: ['council'] }).allergies.state).toBe('not-recorded')
  })

  test('H-01 an allergy without a status counts as active, and known allergies stay known whoever fails', () => {
    const bare = allergy('a', '91936005', 'Allergy to penicillin', {
      clinicalStatus: undefined,
      verificationStatus: undefined,
    })
    const { allergies } = recordFrom({ gp: [person, bare] }, { failing: ['gp'] })
    expect(allergies).toMatchObject({ state: 'known-allergies', unavailableFrom: ['Riverside Surgery'] })
    expect(allergies.allergies[0]?.standing).toBe('active')
  })

  test('H-01 resolved allergies alone are not "known allergies", and stay listed', () => {
    const resolved = penicillin('a', { clinicalStatus: { coding: [{ code: 'resolved' }] } })
    const { allergies } = recordFrom({ gp: [person, resolved] })
    expect(allergies.state).toBe('not-recorded')
    expect(allergies.allergies).toMatchObject([{ standing: 'resolved' }])
  })
})

describe('H-02 an allergy of one source is never cancelled by another', () => {
  test('H-02 "no known allergies" beside an allergy: both are kept, known allergies win, the conflict is named', () => {
    const { allergies } = recordFrom({ gp: [person, penicillin('a')], pas: [noKnownAllergy('b')] })
    expect(allergies).toMatchObject({ state: 'known-allergies', conflict: true })
    expect(allergies.allergies[0]?.origins[0]?.organisation).toBe('Riverside Surgery')
    expect(allergies.negatives[0]?.origins[0]?.organisation).toBe('Riverton General Hospital')
  })

  test('H-02 an empty list of one source leaves the allergy of another as it is', () => {
    for (const reason of ['nilknown', 'notasked', 'no-content-recorded']) {
      const { allergies } = recordFrom({ gp: [person, penicillin('a')], pas: [emptyList('l', reason)] })
      expect(allergies.state, reason).toBe('known-allergies')
    }
  })

  test('H-02 the same allergy of two sources is one row that names both, with what they say differently', () => {
    const mild = penicillin('b', { reaction: [{ manifestation: [{ text: 'Rash' }], severity: 'mild' }] })
    const [row, ...others] = recordFrom({ gp: [person, penicillin('a')], pas: [mild] }).allergies.allergies
    expect(others).toEqual([])
    expect(row).toMatchObject({ severity: 'severe', reactions: ['Anaphylaxis', 'Rash'] })
    expect(row?.origins.map(({ source }) => source)).toEqual(['gp', 'pas'])
    expect(row?.differences.map(({ about }) => about)).toEqual(['Severity', 'Reaction'])
  })

  test('H-02 refuted by one source and active in another stays active and is quoted both ways', () => {
    const refuted = penicillin('b', { verificationStatus: { coding: [{ code: 'refuted' }] } })
    const { allergies } = recordFrom({ gp: [person, penicillin('a')], pas: [refuted] })
    expect(allergies.allergies[0]).toMatchObject({ standing: 'active' })
    expect(allergies.allergies[0]?.differences.map(({ about }) => about)).toContain('Standing')
  })

  test('H-11 what was entered in error is out of the banner and still reachable', () => {
    const error = penicillin('a', { verificationStatus: { coding: [{ code: 'entered-in-error' }] } })
    const { allergies } = recordFrom({ gp: [person, error] })
    expect(allergies.state).toBe('not-recorded')
    expect(allergies.withdrawn).toMatchObject([{ standing: 'entered-in-error' }])
  })

  test('two allergies of unlike codes, or without codes, are never one row', () => {
    const named = (id: string) => allergy(id, '', '', { code: { text: 'Mugwort' } })
    expect(recordFrom({ gp: [person, named('a')], pas: [named('b')] }).allergies.allergies).toHaveLength(2)
    const degraded = (id: string, text: string) =>
      allergy(id, '', '', { code: { coding: [{ system: 'http://snomed.info/sct', code: '196461000000101' }], text } })
    expect(
      recordFrom({ gp: [person, degraded('a', 'Aspirin'), degraded('b', 'Latex')] }).allergies.allergies.map(
        ({ substance }) => substance,
      ),
    ).toEqual(['Aspirin', 'Latex'])
  })

  test('past severity and future risk are told apart', () => {
    const [row] = recordFrom({ gp: [person, allergy('a', '300916003', 'Latex allergy', { criticality: 'high' })] })
      .allergies.allergies
    expect(row).toMatchObject({ severity: 'not-recorded', criticality: 'high' })
  })
})
