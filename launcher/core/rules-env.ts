/** Which variables a definition may set, by `env` or by an `env_file`. What it inherits of the launcher's is the owner's. */
import { globMatches } from '../../protocol/glob';
import { refusal, type Refusal, type Rules } from './rules';

/**
 * Variables that make an allowed program load or run something else. Known ones, of the linker, shells, languages and
 * tools: not all there are. `allowed_env` is the rule that needs no such list.
 */
const CHANGES_WHAT_RUNS: readonly string[] = [
  // What is found at all, and where programs look for code beside a user's settings.
  ...'PATH HOME XDG_* SHELL EDITOR VISUAL PAGER BROWSER MANPAGER LESSOPEN LESSCLOSE TERMINFO* TERMCAP'.split(' '),
  // The dynamic linker and libc.
  ...'LD_* DYLD_* GLIBC_TUNABLES GCONV_PATH LOCPATH NLSPATH GETCONF_DIR MALLOC_* RES_OPTIONS HOSTALIASES'.split(' '),
  // Shells.
  ...'ENV BASH_ENV BASH_FUNC_* SHELLOPTS BASHOPTS BASH_LOADABLES_PATH IFS PS4 PROMPT_COMMAND CDPATH GLOBIGNORE'.split(
    ' ',
  ),
  ...'ZDOTDIR FPATH'.split(' '),
  // Languages.
  ...'PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONUSERBASE PYTHONEXECUTABLE PYTHONPLATLIBDIR PYTHONINSPECT'.split(' '),
  ...'PYTHONWARNINGS PYTHONBREAKPOINT PYTHONPYCACHEPREFIX __PYVENV_LAUNCHER__ PYENV_* CONDA_* VIRTUAL_ENV'.split(' '),
  ...'NODE_OPTIONS NODE_PATH NODE_REPL_EXTERNAL_MODULE npm_config_* NPM_CONFIG_* BUN_* DENO_*'.split(' '),
  ...'PERL5LIB PERLLIB PERL5OPT PERL5DB PERL5SHELL RUBYLIB RUBYOPT RUBYSHELL GEM_* BUNDLE_*'.split(' '),
  ...'JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS JAVA_OPTS JAVA_HOME CLASSPATH'.split(' '),
  ...'LUA_PATH* LUA_CPATH* LUA_INIT* PHPRC PHP_INI_SCAN_DIR TCLLIBPATH ERL_* ELIXIR_ERL_OPTIONS'.split(' '),
  ...'R_HOME R_PROFILE* R_ENVIRON* R_LIBS* JULIA_* GUILE_LOAD_* GOFLAGS RUSTC* CARGO_*'.split(' '),
  ...'DOTNET_* CORECLR_* COR_*'.split(' '),
  // Tools that start other programs.
  ...'GIT_* SSH_ASKPASS SUDO_ASKPASS RSYNC_RSH MAKEFLAGS GNUMAKEFLAGS MAKEFILES CC CXX OPENSSL_*'.split(' '),
  // Libraries that are loaded into computations.
  ...'CUDA_INJECTION* NVTX_INJECTION* OCL_ICD_* OPENCL_* VK_* NCCL_*_PLUGIN OMPI_MCA_* UCX_MODULE_* OMP_TOOL*'.split(
    ' ',
  ),
  ...'GTK_* QT_* GST_* GIO_*'.split(' '),
];

/**
 * @param field where they stand: `env`, `env_file`
 * @param names of variables
 */
export function refusedName(rules: Rules, field: string, names: readonly string[]): Refusal | null {
  for (const name of names) {
    const found = refusedBy(rules, name);
    if (found === null) continue;
    const what = `${field} sets ${JSON.stringify(name)}${found.because}`;
    return refusal(field, rules, found.rule, what, 'leave it out');
  }
  return null;
}

type By = { readonly rule: 'blocked_env' | 'allowed_env' | 'allowed_commands'; readonly because: string };

function refusedBy({ commands, env, blockedEnv }: Rules, name: string): By | null {
  const isIn = (globs: readonly string[]): boolean => globs.some((glob) => globMatches(glob, name));
  if (isIn(blockedEnv)) return { rule: 'blocked_env', because: '' };
  if (env !== null && !isIn(env)) return { rule: 'allowed_env', because: ', which is not on the list' };
  // A glob that happens to reach it is no decision about it.
  if (commands.length === 0 || env?.includes(name) === true || !isIn(CHANGES_WHAT_RUNS)) return null;
  const because = ', which can make an allowed program run something else (allowed_env may name it, without a glob)';
  return { rule: 'allowed_commands', because };
}
