import { describeMoves } from '../suites/moves.ts';

describeMoves(12, 4);
