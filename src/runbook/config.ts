/** What a team can settle for everybody, in `runwright.config.ts`, `.mjs` or `.json`; paths are seen from that file. */
export interface Config {
  /** Where runbooks lie besides `runbooks/` of the working directory: directories, or `npm:NAME` for those of a package. */
  readonly runbooks?: readonly string[];
  /** The database of runs. */
  readonly db?: string;
  /** The terraform program, instead of the one on `PATH`. */
  readonly terraform?: string;
  /** Further anchors: files, or `|PATH` for a program that carries a note away. */
  readonly anchors?: readonly string[];
}

/** Gives a configuration its types: `export default defineConfig({ ... })`. */
export function defineConfig(config: Config): Config {
  return config;
}
