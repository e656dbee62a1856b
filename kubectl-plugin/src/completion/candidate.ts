/** What may stand at the cursor, and what it is. */
export interface Candidate {
  word: string;
  summary?: string;
}
