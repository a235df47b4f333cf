/** A million people who do not exist, with names as unevenly spread as Britain's: a few surnames are very common, most are rare. */
import type { Traits } from '../src/identity/subject.ts'

/** Holders among 100,000 people, roughly as in Britain. */
const commonFamilies: Readonly<Record<string, number>> = {
  Smith: 1220,
  Jones: 930,
  Taylor: 690,
  Brown: 620,
  Williams: 610,
  Wilson: 510,
  Johnson: 480,
  Davies: 470,
  Patel: 440,
  Robinson: 390,
  Wright: 380,
  Thompson: 370,
  Evans: 360,
  Walker: 350,
  White: 340,
  Roberts: 330,
  Green: 330,
  Hall: 320,
  Wood: 310,
  Jackson: 310,
  Clarke: 300,
  Khan: 300,
  Hughes: 290,
  Edwards: 290,
  Hill: 270,
  Moore: 260,
  Clark: 260,
  Harrison: 250,
  Scott: 250,
  Young: 240,
  Morris: 240,
  Hussain: 240,
  Ali: 240,
  Ward: 230,
  Turner: 230,
  Carter: 220,
  Phillips: 210,
  Mitchell: 210,
  Begum: 210,
  Singh: 200,
  Ahmed: 200,
  Baker: 200,
  Kelly: 190,
  Murphy: 180,
  Cooper: 180,
  Kaur: 180,
  Anderson: 170,
  Bailey: 170,
  Stevens: 120,
  Stephens: 70,
  Smyth: 20,
  Smithson: 12,
  Johnston: 60,
  Johns: 25,
  "O'Neill": 60,
  MacDonald: 80,
  McDonald: 70,
  Griffiths: 140,
  Nowak: 40,
  Okafor: 20,
}
const commonGivens: Readonly<Record<string, number>> = {
  John: 2900,
  David: 2800,
  Michael: 2200,
  Peter: 1700,
  Robert: 1600,
  James: 1800,
  Paul: 1500,
  Andrew: 1300,
  William: 1300,
  Richard: 1200,
  Christopher: 1200,
  Thomas: 1100,
  Stephen: 900,
  Steven: 500,
  Mark: 1000,
  Daniel: 900,
  George: 900,
  Mohammed: 900,
  Muhammad: 500,
  Anthony: 800,
  Joseph: 700,
  Brian: 600,
  Alan: 600,
  Edward: 600,
  Jack: 700,
  Harry: 500,
  Margaret: 1600,
  Susan: 1400,
  Mary: 1500,
  Sarah: 1400,
  Elizabeth: 1200,
  Patricia: 1100,
  Christine: 900,
  Jean: 800,
  Catherine: 700,
  Katherine: 300,
  Helen: 800,
  Jane: 700,
  Ann: 700,
  Anne: 500,
  Anna: 300,
  Karen: 700,
  Linda: 700,
  Barbara: 700,
  Dorothy: 500,
  Emma: 700,
  Laura: 600,
  Rebecca: 500,
  Olivia: 400,
  Amelia: 350,
  Emily: 400,
  Jessica: 400,
  Charlotte: 400,
  Sophie: 350,
  Fatima: 200,
  Aisha: 150,
  Joan: 500,
  Joyce: 400,
  Jo: 60,
  Joanne: 400,
  Josephine: 150,
  Ian: 600,
  Kevin: 600,
  Gary: 500,
  Simon: 500,
  Graham: 400,
  Keith: 400,
  Kenneth: 400,
  Ronald: 300,
  Nicholas: 400,
}
const starts = [
  'Ash',
  'Bar',
  'Beck',
  'Blen',
  'Bran',
  'Brad',
  'Burn',
  'Cald',
  'Carl',
  'Chad',
  'Chor',
  'Clay',
  'Cole',
  'Cran',
  'Crow',
  'Dal',
  'Dar',
  'Den',
  'Dun',
  'Ec',
  'Ell',
  'Fair',
  'Fen',
  'Gar',
  'Gold',
  'Gran',
  'Had',
  'Hal',
  'Ham',
  'Hart',
  'Hath',
  'Hay',
  'Hazel',
  'Hes',
  'Hol',
  'Horn',
  'Hux',
  'Ing',
  'Ked',
  'Kel',
  'Kil',
  'Kirk',
  'Lang',
  'Leigh',
  'Lin',
  'Lock',
  'Lud',
  'Mal',
  'Mar',
  'Mel',
  'Mid',
  'Mos',
  'Nor',
  'Oak',
  'Ors',
  'Pem',
  'Pen',
  'Pick',
  'Pres',
  'Quar',
  'Rad',
  'Ram',
  'Red',
  'Rick',
  'Row',
  'Rush',
  'Sal',
  'San',
  'Sel',
  'Shel',
  'Sher',
  'Sil',
  'Stan',
  'Stock',
  'Sut',
  'Swin',
  'Tal',
  'Tarn',
  'Thorn',
  'Til',
  'Tor',
  'Trem',
  'Ul',
  'Wad',
  'Wal',
  'War',
  'Wen',
  'West',
  'Wick',
  'Wil',
  'Win',
  'Wol',
  'Wyn',
  'Yar',
  'Zan',
]
const middles = ['', 'a', 'ber', 'den', 'er', 'ing', 'le', 'ling', 'man', 'or', 'ster', 'ven']
const ends = [
  'borough',
  'bridge',
  'brook',
  'bury',
  'by',
  'combe',
  'cott',
  'croft',
  'dale',
  'den',
  'don',
  'field',
  'ford',
  'gate',
  'ham',
  'head',
  'hurst',
  'ingham',
  'land',
  'ley',
  'low',
  'man',
  'mere',
  'more',
  'ridge',
  'sall',
  'shaw',
  'son',
  'stead',
  'stone',
  'thorpe',
  'ton',
  'twistle',
  'wade',
  'well',
  'wick',
  'wood',
  'worth',
  'yard',
]
const rareGivenStarts = [
  'Al',
  'Bel',
  'Cor',
  'Da',
  'El',
  'Fa',
  'Gio',
  'Ha',
  'Is',
  'Ja',
  'Ka',
  'La',
  'Ma',
  'Na',
  'Or',
  'Pe',
  'Ra',
  'Sa',
  'Ta',
  'Za',
]
const rareGivenEnds = [
  'bela',
  'dan',
  'fina',
  'hir',
  'jan',
  'lia',
  'mina',
  'nor',
  'phine',
  'ria',
  'san',
  'sha',
  'tin',
  'vik',
  'wen',
  'yan',
  'zad',
]

type Draw = () => number

/** The n-th person, always the same: nothing is drawn that another n changes. Two of five have a second given name, one of thirty an earlier surname. */
export function inventedPerson(n: number): Traits {
  const draw = drawsOf(n)
  const born = new Date(Date.UTC(1926, 0, 1) + Math.floor(draw() * 36_500) * 86_400_000).toISOString().slice(0, 10)
  const given = [givenName(draw), ...(draw() < 0.4 ? [givenName(draw)] : [])]
  const family = draw() < 0.02 ? `${familyName(draw)}-${familyName(draw)}` : familyName(draw)
  const town = Math.floor(draw() ** 2 * 60)
  return {
    nhsNumber: inventedNhsNumber(n),
    nhsNumberStatus: '01',
    family,
    given,
    ...(draw() < 0.033 ? { otherNames: [{ family: familyName(draw) }] } : {}),
    birthDate: born,
    gender: draw() < 0.5 ? 'female' : 'male',
    postcode: `ZE${1 + town} ${Math.floor(draw() * 10)}${letter(draw)}${letter(draw)}`,
  }
}

const families = table(commonFamilies)
const givens = table(commonGivens)

// Of those whose name is not common, some names are held by hundreds and most by a few.
function familyName(draw: Draw): string {
  const common = pick(families, draw() * 100_000)
  if (common) return common
  const start = starts[Math.floor(draw() ** 1.6 * starts.length)] ?? 'Ash'
  const middle = middles[Math.floor(draw() ** 2 * middles.length)] ?? ''
  return `${start}${middle}${ends[Math.floor(draw() ** 1.6 * ends.length)] ?? 'ton'}`
}

function givenName(draw: Draw): string {
  const common = pick(givens, draw() * 60_000)
  if (common) return common
  return `${rareGivenStarts[Math.floor(draw() * rareGivenStarts.length)] ?? 'Al'}${rareGivenEnds[Math.floor(draw() * rareGivenEnds.length)] ?? 'dan'}`
}

function table(weights: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  let sum = 0
  return Object.entries(weights).map(([name, weight]) => {
    sum += weight
    return [name, sum] as const
  })
}

function pick(names: readonly (readonly [string, number])[], at: number): string | undefined {
  return names.find(([, upto]) => at < upto)?.[0]
}

function letter(draw: Draw): string {
  return 'ABDEFGHJLNPQRSTUWXYZ'[Math.floor(draw() * 20)] ?? 'A'
}

/** A sequence of numbers from 0 to 1 that n alone decides. */
function drawsOf(n: number): Draw {
  let state = Math.imul(n + 1, 0x9e3779b1) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** 999 numbers, a million of them, with right check digits: each nine digits that would need a tenth of ten are passed over. */
export function inventedNhsNumber(n: number): string {
  for (let try_ = 0; ; try_ += 1) {
    const digits = `999${String((n + try_ * 499_979) % 1_000_000).padStart(6, '0')}`
    const sum = [...digits].reduce((total, digit, place) => total + Number(digit) * (10 - place), 0)
    const check = (11 - (sum % 11)) % 11
    if (check < 10) return digits + String(check)
  }
}
