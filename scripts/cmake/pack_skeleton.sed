# SPDX-License-Identifier: GPL-2.0-or-later
# A skeleton of bpftool's that unpacks its object (userspace/live/packed_object.hpp), in place of having it in
# itself.
1i\
#include "live/packed_object.hpp"
/^static inline const void \*[a-z_]*__elf_bytes(size_t \*sz)$/,/^}$/{
  s/^static inline const void \*\([a-z_]*\)__elf_bytes(size_t \*sz)$/extern "C" const unsigned char \1_packed[], \1_packed_end[];\n\n&\n{\n\treturn hoodtrace::unpack_object(\1_packed, \1_packed_end, sz);\n}/
  t
  d
}
