/** The wishes of the last people of the cast, by their family name: who shows what a record can hold beside illness. */
import type { Wishes } from '../lives/wishes.ts'

const form = (name: string): NonNullable<Wishes['form']> => ({
  daysAgo: 95,
  title: 'Summary plan for emergency care and treatment (synthetic form)',
  lines: [
    'SYNTHETIC FORM: nobody in it exists.',
    name,
    'Focus on comfort. Not for attempted CPR.',
    'Signed: Dr Amara Okafor',
  ],
})

export const wishesOf: Readonly<Record<string, Wishes>> = {
  Harrop: {
    endOfLife: {
      daysAgo: 95,
      summary: 'Advanced heart failure. Wants to stay at home, with her dog and her daughter near.',
      steps: [
        ['Preferred place of care', 'Home. If that cannot be, Riverton Hospice, not a ward.'],
        ['Medicines for the last days', 'In the kitchen cupboard; the community nurses have the chart.'],
        ['If she gets worse', 'Ring the community palliative team first: 01632 960700, day and night.'],
      ],
    },
    resuscitation: { daysAgo: 95, words: 'Not for attempted cardiopulmonary resuscitation (DNACPR)' },
    attorney: { daysAgo: 1400, name: 'Ruth Harrop', relation: 'Daughter' },
    aboutMe: {
      daysAgo: 60,
      answers: [
        [
          'What is most important to me',
          'My dog Bess, my garden, and not being a bother. I was a weaver for forty years.',
        ],
        ['People who are important to me', 'My daughter Ruth, and Mr Patel next door who walks Bess.'],
        ['How to communicate with me', 'Sit where I can see your face. My left ear is the good one.'],
        ['Please do', 'Tell me what you are doing before you do it.'],
        ['Please do not', 'Call me Edie. I am Mrs Harrop to people I have not met.'],
      ],
    },
    procedures: [{ daysAgo: 2900, name: 'Total replacement of hip joint', site: 'Right' }],
    equipment: ['Hospital bed at home', 'Walking frame'],
    social: ['Lives alone'],
    form: form('Edith Harrop'),
    worker: { name: 'Dawn Tempest', phone: '01632 960711' },
  },
  Sandhu: {
    endOfLife: {
      daysAgo: 40,
      summary: 'Lung disease that goes on in spite of treatment. He decides with his family.',
      steps: [
        ['Preferred place of care', 'Home, with his sons.'],
        ['What matters', 'Prayer morning and evening; vegetarian food; men to wash him.'],
      ],
    },
    resuscitation: { daysAgo: 40, words: 'Not for attempted cardiopulmonary resuscitation (DNACPR)' },
    attorney: { daysAgo: 300, name: 'Harjit Sandhu', relation: 'Son' },
    aboutMe: {
      daysAgo: 38,
      by: 'Harjit Sandhu, son',
      answers: [
        ['What is most important to me', 'My turban stays on. My family is asked before anything is changed.'],
        ['How to communicate with me', 'In Punjabi, with an interpreter who is not family when it is about illness.'],
      ],
    },
    picture: { daysAgo: 12, title: 'Photograph of pressure sore, left heel (synthetic drawing)' },
    equipment: ['Home oxygen concentrator'],
    referral: {
      daysAgo: 47,
      to: 'Palliative care',
      why: 'Breathlessness at rest',
      state: 'Accepted, first visit to be arranged',
    },
    worker: { name: 'Imran Qadir', phone: '01632 960712' },
  },
  Bannister: {
    crisis: {
      daysAgo: 30,
      signs: ['Stops answering messages', 'Sleeps two hours or less', 'Says that she is a burden'],
      helps: 'Her sister Jade. A walk by the canal. Being asked straight out.',
      avoid: 'Police at the door unless life is in danger. Being left in a waiting room alone.',
      call: 'Lowmoor crisis line 01632 960720, day and night.',
    },
    safeguarding: {
      daysAgo: 75,
      words: 'Domestic abuse: discussed at MARAC. Do not ring or write to the home; see her alone.',
    },
    pregnancy: { daysAgo: 20, words: 'Pregnant, 22 weeks' },
    aboutMe: {
      daysAgo: 25,
      answers: [['How to communicate with me', 'Text first from a number I know. Never leave a voice message.']],
    },
    referral: {
      daysAgo: 33,
      to: 'Perinatal mental health',
      why: 'Low mood in pregnancy',
      state: 'Waiting for first appointment',
    },
    social: ['Housing: temporary accommodation'],
    risk: 'Risk of harm to herself when in crisis: see the crisis plan',
  },
  Rooney: {
    crisis: {
      daysAgo: 110,
      signs: ['Covers the windows', 'Stops his medicine', 'Hears his uncle speak'],
      helps: 'Quiet, one person at a time, his headphones. His mother knows him best.',
      avoid: 'Crowding him, holding him, haloperidol.',
      call: 'His care coordinator Tess Marlowe, 01632 960721; at night the crisis line 01632 960720.',
    },
    advanceDecision: { daysAgo: 400, words: 'Has advance decision to refuse treatment: electroconvulsive therapy' },
  },
  Thornber: {
    safeguarding: { daysAgo: 140, words: 'Child protection plan: neglect. Key worker Dawn Tempest, 01632 960711' },
    familyHistory: [
      ['Mother', 'Asthma'],
      ['Grandfather', 'Type 2 diabetes mellitus'],
    ],
    childVaccines: true,
    picture: { daysAgo: 8, title: 'Photograph of rash, right arm (synthetic drawing)' },
    procedures: [{ daysAgo: 420, name: 'Insertion of grommets', site: 'Both ears' }],
    social: ['Lives with mother and two brothers'],
    risk: 'Not brought to two appointments this year',
  },
  Tattersall: {
    resuscitation: { daysAgo: 210, words: 'Not for attempted cardiopulmonary resuscitation' },
    attorney: { daysAgo: 900, name: 'George Tattersall', relation: 'Husband' },
    familyHistory: [['Sister', 'Malignant neoplasm of breast']],
    social: ['Has a carer: husband'],
    worker: { name: 'Imran Qadir', phone: '01632 960712' },
  },
}
