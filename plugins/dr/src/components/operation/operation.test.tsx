import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { operation, operationsByState } from '../../fixtures/plans.ts';
import { Refusal } from '../../fixtures/portal.ts';
import { renderWithPortal, usePortal } from '../../testing/render.tsx';
import { LiveOperation } from './LiveOperation.tsx';

describe('an operation that is followed', () => {
  const portal = usePortal();

  it('is cancelled on request, and says that the running step is finished first', async () => {
    // Not before it was asked for: a look in between would take the button away.
    const asked: ReturnType<typeof portal.answers> = portal.answers({
      operation: () => operation('op', { cancelRequested: asked.some(({ method }) => method === 'POST') || undefined }),
    });
    renderWithPortal(<LiveOperation id="op" may={{ operate: true, approve: true }} />);
    const cancel = await screen.findByRole('button', { name: 'Cancel' });
    await userEvent.click(cancel);
    expect(await screen.findByText('Cancelling: the running step is finished first')).toBeInTheDocument();
    expect(asked.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual(['/api/dr/v1/operations/op/cancel']);
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
  });

  it('is resumed where a dead process left it', async () => {
    let resumed = false;
    const asked = portal.answers({ operation: () => (resumed ? operation('op') : operationsByState.WaitingOnUser) });
    renderWithPortal(<LiveOperation id="op" may={{ operate: true, approve: true }} />);
    const resume = await screen.findByRole('button', { name: 'Resume' });
    resumed = true;
    await userEvent.click(resume);
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Resume' })).toBeNull());
    expect(asked.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual(['/api/dr/v1/operations/op/resume']);
  });

  it('says why it could not be acted upon, and stays', async () => {
    let refuse = false;
    portal.answers({
      operation: () => {
        if (!refuse) return operation('op');
        refuse = false;
        return new Refusal(403, { name: 'NotAllowedError', message: 'only team-shop may cancel it' });
      },
    });
    renderWithPortal(<LiveOperation id="op" may={{ operate: true, approve: true }} />);
    const cancel = await screen.findByRole('button', { name: 'Cancel' });
    refuse = true;
    await userEvent.click(cancel);
    expect(await screen.findByText('only team-shop may cancel it')).toBeInTheDocument();
    expect(screen.getByText('40 of 100 objects')).toBeInTheDocument();
  });

  it('is no longer asked for when it is over', async () => {
    const asked = portal.answers({ operation: () => operationsByState.Succeeded });
    renderWithPortal(<LiveOperation id="op" may={{ operate: true, approve: true }} />);
    expect(await screen.findByText('shop is back in shop-copy.')).toBeInTheDocument();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(asked).toHaveLength(1);
    expect(screen.queryByRole('button')).toBeNull();
  });
});

describe('a move that is over', () => {
  const portal = usePortal();

  it('says where it went, what each step was, and until when it can be undone', async () => {
    const end = { engine: 'velero', engineNamespace: 'velero', restore: 'data', outcome: 'success' as const };
    const waves = (
      [
        ['start', 'Start web in shop-dr', { kind: 'copy.start', namespace: 'shop-dr' }],
        ['end', 'Wait until all data of web is back', { kind: 'engine.restore.end', ...end }],
      ] as const
    ).map(([id, title, action]) => [{ id, title, cluster: 'west', action }]);
    const status = {
      state: 'Succeeded' as const,
      undoUntil: new Date(Date.now() + 3_600_000).toISOString(),
      steps: waves.flat().map(({ id }) => ({ id, state: 'Succeeded' as const })),
    };
    const target = [
      { cluster: 'west', namespaces: ['shop-dr'] },
      { cluster: 'east', namespaces: ['shop'] },
    ];
    const undo = { text: 'back to east as it was', possible: true, waves };
    portal.answers({ operation: () => operation('op', status, { intent: 'Relocate', home: 'west', target, waves, undo }) });
    renderWithPortal(<LiveOperation id="op" may={{ operate: true, approve: true }} />);
    expect(await screen.findByText('Relocation of shop into shop-dr')).toBeInTheDocument();
    expect(screen.getByText('Wave 1 done: Start web in shop-dr')).toBeInTheDocument();
    expect(screen.getByText('Wave 2 done: Wait until all data of web is back')).toBeInTheDocument();
    expect(screen.getByText('To undo: back to east as it was')).toBeInTheDocument();
    expect(screen.getByText(/^Possible until /)).toBeInTheDocument();
  });
});

describe('what loses something', () => {
  const portal = usePortal();
  const step = {
    id: 'u',
    title: 'Give the old volume back',
    cluster: 'east',
    action: { kind: 'await.claims' as const, namespace: 'shop', claims: ['data'], timeoutSeconds: 1 },
  };
  const way = { undo: { text: 'kubectl dr undo op', possible: true, waves: [[step]] } };
  const succeeded = () =>
    operation('op', { state: 'Succeeded', undoUntil: new Date(Date.now() + 3_600_000).toISOString(), steps: [] }, way);

  it('is asked about once more, and then shows its own steps', async () => {
    let undone = false;
    const undo = {
      requestedBy: 'user:default/carol',
      requestedAt: new Date().toISOString(),
      steps: [{ id: 'u', state: 'Running' as const }],
    };
    const asked = portal.answers({
      operation: () => (undone ? operation('op', { state: 'Undoing', steps: [], undo }, way) : succeeded()),
    });
    renderWithPortal(<LiveOperation id="op" may={{ operate: true, approve: false }} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    expect(screen.getByText(/What was written since then is lost/)).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Not now' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    undone = true;
    await userEvent.click(screen.getByRole('button', { name: 'Undo the restore' }));
    expect(await screen.findByText('Give the old volume back')).toBeInTheDocument();
    expect(asked.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual(['/api/dr/v1/operations/op/undo']);
  });
});
