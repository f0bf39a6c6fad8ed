import path from "node:path";

/** Where the runbooks of an npm package can lie, the nearest place first. */
export function packageRunbookDirectories(name: string, cwd: string): readonly string[] {
  const found: string[] = [];
  for (let dir = path.resolve(cwd); ; dir = path.dirname(dir)) {
    found.push(path.join(dir, "node_modules", name, "runbooks"));
    if (dir === path.dirname(dir)) return found;
  }
}
