import type { Command } from '../definition.ts';

export const explain: Command = {
  name: 'explain',
  looks: true,
  summary: 'What a reason code, a word or a check means',
  positionals: [
    {
      name: 'REASON',
      required: false,
      summary: 'A code such as RPO_BREACHED, a word such as RPO, a check such as BP-10; without it all codes are listed',
    },
  ],
  flags: {},
  examples: [
    ['kubectl dr explain RPO_BREACHED', 'Meaning, why it matters, next step'],
    ['kubectl dr explain AtRisk', 'A word of the product'],
    ['kubectl dr explain BP-10', 'A check of doctor'],
  ],
};
