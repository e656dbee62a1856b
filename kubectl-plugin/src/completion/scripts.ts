/** What kubectl runs, with all words after `dr`, when somebody presses the tab key. */
export const completer = '#!/bin/sh\nexec kubectl-dr __complete "$@"\n';
export const completerOfWindows = '@kubectl-dr __complete %*\r\n';

/** For `kubectl-dr` typed by itself. The last line of what `__complete` says is `:` and what to do besides; 4: no files. */
export const scripts: Readonly<Record<'bash' | 'zsh' | 'fish', string>> = {
  bash: `# bash completion of kubectl-dr; for "kubectl dr": kubectl dr completion install
_kubectl_dr() {
  local word line directive=0 words=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    # bash breaks --flag=value into three words.
    if [[ \${#words[@]} -gt 0 && ( $word == = || \${words[-1]} == --*= ) ]]; then words[-1]+=$word; else words+=("$word"); fi
  done
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :* ]]; then directive=\${line#:}; else COMPREPLY+=("$(printf %q "\${line%%$'\\t'*}")"); fi
  done < <(kubectl-dr __complete "\${words[@]}" 2>/dev/null)
  if (( directive & 4 )); then compopt +o default; else compopt -o default; fi
  if (( directive & 32 )); then compopt -o nosort 2>/dev/null; fi
}
complete -F _kubectl_dr kubectl-dr
`,
  zsh: `#compdef kubectl-dr
# zsh completion of kubectl-dr; for "kubectl dr": kubectl dr completion install
_kubectl_dr() {
  local -a lines
  lines=("\${(@f)$(kubectl-dr __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  local directive=\${lines[-1]#:}
  lines=("\${(@)lines[1,-2]}")
  lines=("\${(@)lines//:/\\\\:}")
  lines=("\${(@)lines//$'\\t'/:}")
  [[ \${words[CURRENT]} == --*=* ]] && compset -P '*='
  _describe -V candidates lines
  (( directive & 4 )) || _files
}
compdef _kubectl_dr kubectl-dr
`,
  fish: `# fish completion of kubectl-dr; for "kubectl dr": kubectl dr completion install
function __kubectl_dr
  set -l words (commandline -opc)[2..-1] (commandline -ct)
  kubectl-dr __complete $words 2>/dev/null | string match -v -r '^:\\d+$'
end
complete -c kubectl-dr -f -a '(__kubectl_dr)'
`,
};
