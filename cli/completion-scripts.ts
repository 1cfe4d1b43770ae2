/** Each asks `cairn __complete` with the words typed so far and offers the lines it prints; file names where there are none. */
export const COMPLETION_SCRIPTS = {
  bash: `# cairn completion for bash: eval "$(cairn completion bash)"
_cairn_complete() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _cairn_complete cairn
`,
  zsh: `#compdef cairn
# cairn completion for zsh: eval "$(cairn completion zsh)" after compinit, or as the file _cairn in a folder of $fpath
_cairn() {
  local -a found
  found=(\${(f)"$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( $#found )); then compadd -a found; else _files; fi
}
if [[ "\${funcstack[1]}" == _cairn ]]; then _cairn "$@"; else compdef _cairn cairn; fi
`,
  fish: `# cairn completion for fish: cairn completion fish | source
function __cairn_complete
    set -l current (commandline -ct)
    test -z "$current"; and set current ''
    set -l words (commandline -opc)
    $words[1] __complete -- $words[2..-1] "$current" 2>/dev/null
end
complete -c cairn -f -a '(__cairn_complete)'
complete -c cairn -n '__fish_seen_subcommand_from import' -F
`,
};
