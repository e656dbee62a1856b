/** What a code of a reason means to people. Figures belong to the Reason itself: none here. */
export interface ReasonText {
  /** One line. */
  title: string;
  /** For somebody who is still learning: why it matters. */
  why: string;
  /** The usual next step. */
  fix: string;
}
