// Stands for Intl.Segmenter in the bundle (build.js): packages make one when they are loaded,
// which takes 15 ms, and use it only for texts that are not plain ASCII.
export class LazySegmenter {
  #segmenter;
  #given;

  constructor(...given) {
    this.#given = given;
  }

  segment(text) {
    this.#segmenter ??= new globalThis.Intl.Segmenter(...this.#given);
    return this.#segmenter.segment(text);
  }
}
