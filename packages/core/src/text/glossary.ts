/** The words of the product, each in a sentence or two. Keys in lower case without spaces. */
export const glossary: Readonly<Record<string, { word: string; meaning: string }>> = Object.fromEntries(
  (
    [
      [
        'Application',
        'A set of components that depend on each other and may live in several namespaces and clusters; a System of the catalog, or what carries one app.kubernetes.io/part-of.',
      ],
      [
        'Component',
        'One part of an application, such as a database or a web front; it is protected, judged and restored on its own or together with the others.',
      ],
      [
        'Placement',
        'Where a component lives: a cluster, a namespace and, where others share it, a label selector. It counts only when the namespace agrees.',
      ],
      [
        'Policy',
        'What the owner asks for (DRPolicy): how much data may be lost, how long it may take, how often points are made and how long they are kept.',
      ],
      [
        'RPO',
        'Recovery point objective: the most data, in time, that the owner accepts to lose. It is compared with the age of the newest usable data.',
      ],
      ['RTO', 'Recovery time objective: how long the owner accepts to be without the service. Only a restore that was done proves it.'],
      [
        'Point',
        'Recovery point: a state to which components can be brought back. Its age is that of its data, from the start of the capture.',
      ],
      ['RecoverySet', 'The newest usable point of every component within a window of time, over all clusters, with the skew between them.'],
      ['Skew', 'Time between the oldest and the newest of the points that are restored together.'],
      ['Schedule', 'What makes points by a timetable. One that is paused or rejected protects nothing.'],
      ['Location', 'Storage location: where the copies lie. A copy in the same place as the original shares its fate.'],
      ['Replication', 'A continuous copy of volumes to another cluster; it follows damage as faithfully as it follows work.'],
      ['Engine', 'The system that makes and restores points, such as Velero. What it can do is listed by: kubectl dr get engines'],
      [
        'Verdict',
        'How an application stands, worst first: Unknown, Unprotected, Breached, AtRisk, Unproven, Protected. It is that of its worst component.',
      ],
      ['Unknown', 'It could not be read, so nobody can tell. That is no good news.'],
      ['Unprotected', 'If it were lost today, nothing would bring it back, or nothing makes new points.'],
      ['Breached', 'The newest usable data is older than the objective allows.'],
      ['AtRisk', 'It is within its objective, but something will break that soon, or only one copy is left.'],
      ['Unproven', 'Protected on paper: nobody has restored it lately, or it took longer than the objective.'],
      [
        'Protected',
        'There is a usable point within the objective, made by something that goes on, and a restore has proven it where the policy asks for that.',
      ],
      ['Reason', 'Why a verdict, a plan or a refusal is as it is: a code, what was seen, and what to do. All codes: kubectl dr explain'],
      [
        'Plan',
        'A value that says step by step what would be done, what would change and what would be lost; exactly that is carried out, or it is refused as stale.',
      ],
      ['Blocker', 'A reason that stops a plan from being carried out. A warning does not.'],
      ['Operation', 'A plan that is being carried out, or was. It survives the death of whoever carries it out: kubectl dr resume'],
      ['Step', 'The smallest part of an operation; it can be repeated without harm.'],
      ['Drill', 'A restore into a scratch namespace to see that it works, how long it takes and what is lost.'],
      ['Clone', 'A restore beside the original, in another namespace, where it cannot act in the world. The safe default.'],
      [
        'InPlace',
        'A restore of configuration and data where they are; the present state is captured first, and it can be undone for a while.',
      ],
      ['Undo', 'Takes a restore in place back, until it is confirmed or its window ends.'],
      ['Hook', 'A command that runs in a pod before or after it is captured, to flush or freeze what it writes.'],
    ] as const
  ).map(([word, meaning]) => [word.toLowerCase(), { word, meaning }]),
);
