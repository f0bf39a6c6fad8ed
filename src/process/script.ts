/**
 * The supervisor: a POSIX shell script that outlives the engine, called with the folder of the records as $0
 * and the command as its arguments.
 *
 * P1  The command runs only after `started` was created by this supervisor. Whoever creates it first decides:
 *     an engine that creates it, marked abandoned, keeps the command from ever running. A hard link creates it
 *     with all its content at once.
 * P2  The command runs in the foreground: background children of a shell ignore SIGINT.
 * P3  INT and the like are trapped, not ignored: the command gets their usual effect, the shell lives on to
 *     write `exit`, which appears whole, by a rename.
 * P4  No variable of the command's environment changes: the script has none but $0 and its arguments outside
 *     of subshells, and the umask is the operator's again when the command runs.
 */
export const script = `
(
  umask 077
  if [ -r "/proc/$$/stat" ]; then
    IFS= read -r stat < "/proc/$$/stat" && IFS= read -r boot < /proc/sys/kernel/random/boot_id || exit 1
  else
    stat=$(LC_ALL=C /bin/ps -o lstart= -p "$$") && boot=$(/usr/sbin/sysctl -n kern.bootsessionuuid) || exit 1
  fi
  printf '%s\\n' "$$" "$stat" "$boot" > "$0/supervisor" && /bin/ln "$0/supervisor" "$0/started"
) 2>/dev/null || exit 125
ulimit -c 0 2>/dev/null
trap : HUP INT QUIT TERM
"$@"
set -- "$?"
trap '' HUP INT QUIT TERM
(
  umask 077
  printf '%s %s\\n' "$1" "$(/bin/date +%s)" > "$0/exit.new" && /bin/mv "$0/exit.new" "$0/exit"
) 2>/dev/null
`;
