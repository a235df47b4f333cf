/** The policy as a privacy officer reads it, edits it, and asks it. */
import {
  type Answer,
  answers,
  answerWords,
  categories,
  categoryWords,
  limitWords,
  type OtherAnswer,
  type Policy,
  type PolicyAnswer,
  type PolicyLimits,
  type PolicyVersion,
  readingRoles,
  roleNames,
  type SystemRule,
  situations,
  situationWords,
  systemRules,
  systemRuleWords,
} from '../../access/index.ts'
import {
  BackLink,
  Button,
  ButtonLink,
  dateAndTime,
  ErrorSummary,
  errorFor,
  type FormError,
  Input,
  InsetText,
  longDate,
  type Row,
  type Safe,
  Select,
  SummaryList,
  Table,
  Textarea,
} from '../../design/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

const roleColumns = readingRoles.map((role) => ({ key: role, text: roleNames[role] }))
const limitNames = Object.keys(limitWords) as (keyof PolicyLimits)[]

export type PolicyModel = {
  readonly shell: StaffShell
  readonly inForce: PolicyVersion
  readonly history: readonly (PolicyVersion & { readonly changed: readonly string[] })[]
}

export function policyView({ shell, inForce, history }: PolicyModel): Safe {
  const { policy } = inForce
  return (
    <StaffPage shell={shell} title={['Who may see what']} at="none">
      <h1>Who may see what</h1>
      <p class="app-lead">
        {inForce.id === 0
          ? 'These are the rules that the program came with.'
          : `Version ${inForce.id}, by ${inForce.byName ?? 'somebody'}${inForce.madeAt ? `, ${dateAndTime(inForce.madeAt)}` : ''}: ${inForce.why ?? ''}`}
      </p>
      <p>
        <a href={paths.policyQuestion}>Ask whether somebody would see a record</a>
      </p>
      <h2>Opening a record</h2>
      <p>Several rows may hold at once: the strictest counts. Roles that are not here open no records.</p>
      <Table
        caption="What happens when a role opens a record"
        captionHidden
        columns={[{ key: 'situation', text: 'When' }, ...roleColumns]}
        rows={situations.map(
          (situation): Row => ({
            situation: situationWords[situation],
            ...Object.fromEntries(
              readingRoles.map((role) => [role, answerWords[policy.people[situation][role] ?? 'refused']]),
            ),
          }),
        )}
      />
      <h2>Within a record</h2>
      <p>
        Who may not see such an entry sees “Hidden” with its day. Allergies are never hidden. Codes and labels by which
        each is known stand under “Change the rules”.
      </p>
      <Table
        caption="Kinds of entries that not everybody sees"
        captionHidden
        columns={[
          { key: 'kind', text: 'Entries about' },
          ...roleColumns,
          { key: 'emergency', text: 'In an emergency' },
        ]}
        rows={categories.map(
          (category): Row => ({
            kind: categoryWords[category],
            ...Object.fromEntries(
              readingRoles.map((role) => [role, policy.hidden[category].roles.includes(role) ? 'Sees them' : 'Hidden']),
            ),
            emergency: policy.hidden[category].inEmergency ? 'The same' : 'Hidden',
          }),
        )}
      />
      <h2>Systems</h2>
      <p>
        A system with a token sees what its scopes name. Of these it sees only what its own source said, and each answer
        says that entries may be hidden; unless it is named here. Apps that somebody lets in see no more than that
        person.
      </p>
      <SummaryList
        rows={systemRules.map((rule) => ({
          key: systemRuleWords[rule],
          value: systemsNamed(policy, rule),
        }))}
      />
      <h2>Times and ages</h2>
      <SummaryList rows={limitNames.map((name) => ({ key: limitWords[name], value: String(policy.limits[name]) }))} />
      <ButtonLink text="Change the rules" href={`${paths.policy}?edit=yes`} look="secondary" />
      <h2>History</h2>
      {history.length === 0 ? (
        <p>Nobody has changed the rules yet.</p>
      ) : (
        <Table
          caption="Versions, newest first"
          captionHidden
          columns={[
            { key: 'version', text: 'Version' },
            { key: 'when', text: 'When' },
            { key: 'who', text: 'Who' },
            { key: 'why', text: 'Why' },
            { key: 'what', text: 'What changed' },
          ]}
          rows={history.map(({ id, madeAt, byName, why, changed }) => ({
            version: String(id),
            when: madeAt ? dateAndTime(madeAt) : 'Not recorded',
            who: byName ?? 'Not recorded',
            why: why ?? '',
            what: changed.map(placeWords).join('; ') || 'Nothing',
          }))}
        />
      )}
    </StaffPage>
  )
}

/** A policy that was kept before systems had rules names none. */
function systemsNamed({ systems }: Policy, rule: SystemRule): string {
  const named = (systems as Policy['systems'] | undefined)?.[rule] ?? []
  return named.includes('*') ? 'Every system sees them' : named.length === 0 ? 'Hidden from all' : named.join(', ')
}

/** `people.none.nurse` as people say it. */
function placeWords(place: string): string {
  const [part, name = '', rest = ''] = place.split('.')
  if (part === 'people')
    return `${situations.includes(name as never) ? situationWords[name as (typeof situations)[number]] : name}: ${rest in roleNames ? roleNames[rest as keyof typeof roleNames] : rest}`
  if (part === 'hidden')
    return `${categories.includes(name as never) ? categoryWords[name as (typeof categories)[number]] : name}: ${rest}`
  if (part === 'systems' && name in systemRuleWords)
    return `Systems: ${systemRuleWords[name as SystemRule].toLowerCase()}`
  if (part === 'limits' && name in limitWords) return limitWords[name as keyof PolicyLimits]
  return place
}

/** The names of the fields of the form, by their place in the policy. */
export const fields = {
  people: (situation: string, role: string) => `people.${situation}.${role}`,
  sees: (category: string, role: string) => `hidden.${category}.sees.${role}`,
  codes: (category: string) => `hidden.${category}.codes`,
  labels: (category: string) => `hidden.${category}.labels`,
  emergency: (category: string) => `hidden.${category}.inEmergency`,
  systems: (rule: string) => `systems.${rule}`,
  limit: (name: string) => `limits.${name}`,
  type1: (which: 'optedOut' | 'withdrawn') => `type1.${which}`,
} as const

export function policyForm({
  shell,
  after,
  policy,
  why,
  errors,
}: {
  readonly shell: StaffShell
  readonly after: number
  readonly policy: Policy
  readonly why: string
  readonly errors: readonly FormError[]
}): Safe {
  const title = 'Change who may see what'
  return (
    <StaffPage
      shell={shell}
      title={[`${errors.length > 0 ? 'Error: ' : ''}${title}`]}
      at="none"
      before={<BackLink href={paths.policy} text="The rules as they are" />}
    >
      <ErrorSummary errors={errors} />
      <h1>{title}</h1>
      <InsetText>
        <p>What you save holds at once, for everybody. The version before stays in the history.</p>
      </InsetText>
      <form action={paths.policy} method="post" novalidate autocomplete="off">
        <input type="hidden" name="after" value={String(after)} />
        {situations.map((situation) => (
          <>
            <h2>{situationWords[situation]}</h2>
            {readingRoles.map((role) => (
              <Select
                name={fields.people(situation, role)}
                label={roleNames[role]}
                choices={answers.map((answer: Answer) => ({
                  value: answer,
                  text: answerWords[answer],
                  checked: (policy.people[situation][role] ?? 'refused') === answer,
                }))}
              />
            ))}
          </>
        ))}
        {categories.map((category) => {
          const rule = policy.hidden[category]
          return (
            <>
              <h2>Entries about: {categoryWords[category]}</h2>
              {readingRoles.map((role) => (
                <Select
                  name={fields.sees(category, role)}
                  label={roleNames[role]}
                  choices={[
                    { value: 'yes', text: 'Sees them', checked: rule.roles.includes(role) },
                    { value: 'no', text: 'Sees “Hidden”', checked: !rule.roles.includes(role) },
                  ]}
                />
              ))}
              <Select
                name={fields.emergency(category)}
                label="In an emergency"
                choices={[
                  { value: 'yes', text: 'The same roles see them', checked: rule.inEmergency },
                  { value: 'no', text: 'Hidden from everybody', checked: !rule.inEmergency },
                ]}
              />
              <Textarea
                name={fields.codes(category)}
                label="Codes"
                hint="One a line, of any coding system: SNOMED CT, Read, dm+d"
                error={errorFor(errors, fields.codes(category))}
                value={rule.codes.join('\n')}
                rows={4}
              />
              <Textarea
                name={fields.labels(category)}
                label="Labels of confidentiality"
                error={errorFor(errors, fields.labels(category))}
                value={rule.labels.join('\n')}
                rows={2}
              />
            </>
          )
        })}
        <h2>Systems</h2>
        {systemRules.map((rule) => (
          <Textarea
            name={fields.systems(rule)}
            label={systemRuleWords[rule]}
            hint="Ids of the systems that see them, one a line; * for all"
            error={errorFor(errors, fields.systems(rule))}
            value={((policy.systems as Policy['systems'] | undefined)?.[rule] ?? []).join('\n')}
            rows={2}
          />
        ))}
        <h2>Times and ages</h2>
        {limitNames.map((name) => (
          <Input
            name={fields.limit(name)}
            label={limitWords[name]}
            error={errorFor(errors, fields.limit(name))}
            value={String(policy.limits[name])}
            width={4}
            numeric
          />
        ))}
        <h2>Type 1 opt-out</h2>
        <Textarea
          name={fields.type1('optedOut')}
          label="Codes of the opt-out"
          value={policy.type1.optedOut.join('\n')}
          rows={2}
          error={errorFor(errors, 'type1')}
        />
        <Textarea
          name={fields.type1('withdrawn')}
          label="Codes of its withdrawal"
          value={policy.type1.withdrawn.join('\n')}
          rows={2}
        />
        <Input name="why" label="Why are you changing the rules?" error={errorFor(errors, 'why')} value={why} />
        <Button text="Put in force now" />
      </form>
    </StaffPage>
  )
}

export type Question = {
  readonly role: string
  readonly organisation: string
  /** A user id, a carer's NHS number, a system's id; '' for anybody of the role. */
  readonly who: string
  readonly purpose: string
  readonly patient: string
  readonly section: string
}

export const purposes = [
  ['care', 'Direct care'],
  ['other', 'Research or planning'],
] as const

/** The question, and its answer when it was asked. */
export function questionView({
  shell,
  question,
  organisations,
  errors,
  answer,
}: {
  readonly shell: StaffShell
  readonly question: Question
  readonly organisations: readonly { readonly code: string; readonly name: string }[]
  readonly errors: readonly FormError[]
  readonly answer?:
    | { readonly told: PolicyAnswer; readonly optedOut: readonly string[] }
    | { readonly other: OtherAnswer }
}): Safe {
  const title = 'Would this person see that?'
  return (
    <StaffPage
      shell={shell}
      title={[`${errors.length > 0 ? 'Error: ' : ''}${title}`]}
      at="none"
      before={<BackLink href={paths.policy} text="Who may see what" />}
    >
      <ErrorSummary errors={errors} />
      <h1>{title}</h1>
      {answer === undefined ? undefined : 'other' in answer ? (
        <OtherTold question={question} told={answer.other} />
      ) : (
        <AnswerTold question={question} {...answer} />
      )}
      <form action={paths.policyQuestion} method="post" novalidate autocomplete="off">
        <Select
          name="role"
          label="Role"
          choices={[
            ...(Object.keys(roleNames) as (keyof typeof roleNames)[]).map((role) => ({
              value: role as string,
              text: roleNames[role] as string,
            })),
            { value: 'proxy', text: 'Somebody who acts for the patient' },
            { value: 'system', text: 'A system' },
          ].map((choice) => ({ ...choice, checked: choice.value === question.role }))}
        />
        <Select
          name="organisation"
          label="Organisation where they work"
          error={errorFor(errors, 'organisation')}
          choices={organisations.map(({ code, name }) => ({
            value: code,
            text: name,
            checked: code === question.organisation,
          }))}
        />
        <Input
          name="who"
          label="Who exactly"
          hint="User id of the member of staff: tells of their own, their family’s and their colleagues’ records. NHS number of who acts for the patient. Id of the system. Empty: anybody of the role"
          error={errorFor(errors, 'who')}
          value={question.who}
          width={20}
        />
        <Select
          name="purpose"
          label="Purpose"
          choices={purposes.map(([value, text]) => ({ value, text, checked: value === question.purpose }))}
        />
        <Input
          name="patient"
          label="Patient"
          hint="NHS number, or name and date of birth"
          error={errorFor(errors, 'patient')}
          value={question.patient}
          width={20}
        />
        <Select
          name="section"
          label="What they want to see"
          choices={[
            { value: '', text: 'The record', checked: question.section === '' },
            ...categories.map((category) => ({
              value: category,
              text: `Entries about: ${categoryWords[category]}`,
              checked: question.section === category,
            })),
          ]}
        />
        <Button text="Ask" />
      </form>
      <p class="app-quiet">That you asked, and about whom, is written in the trail. The patient sees it too.</p>
    </StaffPage>
  )
}

function OtherTold({ question, told }: { readonly question: Question; readonly told: OtherAnswer }): Safe {
  const category = categories.find((one) => one === question.section)
  const hidden = category !== undefined && told.hidden.includes(category)
  return (
    <InsetText>
      <h2>{!told.sees ? 'No' : hidden ? 'Yes, without such entries' : 'Yes'}</h2>
      {told.why.map((words) => (
        <p>{words}.</p>
      ))}
      {told.sees && told.hidden.length > 0 ? (
        <p>Hidden: {told.hidden.map((one) => systemRuleWords[one].toLowerCase()).join('; ')}.</p>
      ) : undefined}
    </InsetText>
  )
}

function AnswerTold({
  question,
  told,
  optedOut,
}: {
  readonly question: Question
  readonly told: PolicyAnswer
  readonly optedOut: readonly string[]
}): Safe {
  const other = question.purpose === 'other'
  const category = categories.find((one) => one === question.section)
  const hidden = category !== undefined && told.hidden.includes(category)
  const yes = { open: 'Yes', reason: 'Only with a reason', 'break-glass': 'Only in an emergency', refused: 'No' }[
    told.decision.answer
  ]
  const verdict = other
    ? optedOut.length > 0
      ? 'No: the person has opted out'
      : 'Not here: records open for direct care only. No opt-out stands against an export'
    : told.decision.answer !== 'refused' && hidden
      ? `${yes}, and such entries stand as “Hidden”`
      : yes
  return (
    <InsetText>
      <h2>{verdict}</h2>
      {other ? (
        <p>{optedOut.join('. ')}</p>
      ) : (
        <>
          <p>{told.rule}</p>
          <p>
            {told.holds.length > 1
              ? `These hold: ${told.holds.map((one) => situationWords[one].toLowerCase()).join('; ')}. The strictest counts. `
              : ''}
            By {told.version === 0 ? 'the rules that the program came with' : `version ${told.version} of the rules`}.
          </p>
          {told.relationships.length === 0 ? undefined : (
            <ul>
              {told.relationships.slice(0, 10).map(({ words, until }) => (
                <li>
                  {words}
                  {until ? ` (until ${longDate(until.toISOString().slice(0, 10))})` : ''}
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </InsetText>
  )
}
