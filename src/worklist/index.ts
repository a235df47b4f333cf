/**
 * Worklist: what waits for whom, and lists of people.
 * Owns the tables of migrations 0007 and 0008. Called by the staff app (pages) and server.ts (the follower that keeps it up to date).
 * Knows kinds of work by their contract only (`WorkKind`): a room with work for people gives its kind at wiring, and nothing here changes.
 * Never changes a fact, and never lets anything that waits fall off unseen: what nobody owns and what is overdue comes first.
 */
export {
  type Ack,
  type AckAction,
  acknowledge,
  acksOf,
  ackWords,
  isAckAction,
  type Seen,
  undoAcknowledgement,
} from './acknowledge.ts'
export { type Colleague, colleagueDays, colleaguesAt, noteColleagues } from './colleagues.ts'
export { type AnyList, everyList, everyoneOn } from './every-list.ts'
export { type Follower, makeFollower } from './follow.ts'
export { identityWork } from './identity-work.ts'
export {
  addToList,
  caseloadOf,
  type KeptList,
  keptList,
  listsOf,
  listsWith,
  makeTeamList,
  newListId,
  readKeptList,
  takeOffList,
} from './kept-lists.ts'
export {
  type ListedPerson,
  type ListPage,
  listLength,
  ownLists,
  practiceList,
  readList,
  resultsWaiting,
  wardList,
  wardsOf,
} from './lists.ts'
export { freshMax, newSinceLook, type SinceLook } from './new-since-look.ts'
export { type RecordWork, recordWork, type WaitingResult } from './record-work.ts'
export { handOverResult, openResultsOf, type ResultItem, readResultItems, resultWork } from './result-work.ts'
export { checkWorklist } from './self-check.ts'
export {
  changeTask,
  makeTask,
  newTaskId,
  readTask,
  type Task,
  type TaskEvent,
  type TaskOwner,
  taskEvents,
  tasksOf,
  taskWork,
} from './tasks.ts'
export { byUrgency, countMax, type Surfaced, type WorkCount, type WorkKind, type WorkLine } from './work-kind.ts'
