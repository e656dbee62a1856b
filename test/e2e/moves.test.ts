import { describeMoves } from '../suites/moves.ts';

describeMoves(24, 4);
