/** The reason of an abort that must leave processes running: the engine stops, its work goes on. */
export class Detach extends Error {
  override readonly name = "Detach";
}
