import { operationParameter, useSearchParameter } from './useSearchParameter.ts';

/** The operation that a dialog has started, in the page's address: a reload comes back to it, and closing the dialog leaves it. */
export function useStartedOperation(onClose: () => void) {
  const [operation, setOperation] = useSearchParameter(operationParameter);
  return {
    operation,
    onStarted: setOperation,
    onClose: () => {
      setOperation(undefined);
      onClose();
    },
  };
}
