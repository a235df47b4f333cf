/**
 * Design: how pages look. The JSX runtime, the page shell, the components and the words for dates and numbers.
 * Called by the apps. Pure: never reads data, time or files; what a page shows is handed to it.
 */
export { Chart, type ChartProps, type ChartReading } from './chart/chart.tsx'
export { Button, ButtonLink, type Choice, Input, Radios, Select, Textarea } from './forms/controls.tsx'
export { DateInput, type DateParts } from './forms/date-input.tsx'
export { ErrorSummary, errorFor, type FormError } from './forms/error-summary.tsx'
export { SearchBox } from './forms/search-box.tsx'
export { Icon, type IconName } from './icons.tsx'
export type { Child } from './jsx/elements.ts'
export { renderPage, Safe } from './jsx/jsx-runtime.ts'
export { safeUrl } from './jsx/url.ts'
export { indentJson } from './original/indent-json.ts'
export { type Highlight, Original } from './original/original.tsx'
export { BottomNavigation } from './page/bottom-navigation.tsx'
export type { FooterLink } from './page/footer.tsx'
export type { Account, NavigationItem } from './page/header.tsx'
export { Page, type PageProps, type Shell } from './page/page.tsx'
export { contentSecurityPolicy, fileHeaders, isOwnForm, pageHeaders } from './page/policy.ts'
export { Card, type CardLink, CardLinks } from './record/card.tsx'
export { CountBadge } from './record/count-badge.tsx'
export { Details } from './record/details.tsx'
export { Empty, type EmptyReason, emptyWords, Value } from './record/empty.tsx'
export { InsetText, listed, MissingSources, Notice, WarningCallout } from './record/notices.tsx'
export { Pagination } from './record/pagination.tsx'
export {
  AllergyLine,
  type AllergyState,
  type BannerAllergy,
  type BannerPatient,
  PatientBanner,
  plainName,
} from './record/patient-banner.tsx'
export { BackLink, type Section, SectionNavigation } from './record/section-navigation.tsx'
export { Ago, SourceLine, type SourceLineProps } from './record/source-line.tsx'
export { SummaryList, type SummaryRow } from './record/summary-list.tsx'
export { type Column, type Row, Table } from './record/table.tsx'
export { KindLabel, type Status, StatusTag, Tag, type TagColour } from './record/tag.tsx'
export { Events, Timeline, type TimelineEvent } from './record/timeline.tsx'
export { WhatsThis, WordLink } from './record/whats-this.tsx'
export { ago, dateAndTime, dayOf, longDate, shortDate, timeOfDay, weekdayDate } from './words/dates.ts'
export { glossary, type Term, termIn } from './words/glossary.ts'
export { counted, spacedNhsNumber, withCommas } from './words/numbers.ts'
