// The heap below the standard library: C's functions. The operators are the library's, which throw std::bad_alloc.

export {
  aligned_alloc,
  bf_heap_blocks,
  bf_heap_size,
  bf_heap_used,
  calloc,
  free,
  malloc,
  realloc,
} from "../../c/heap/main";
