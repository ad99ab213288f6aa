# SPDX-License-Identifier: GPL-2.0-or-later
# What `cmake --install` puts where (FHS), and the tarball of `cpack`.
include(GNUInstallDirs)

install(TARGETS hoodtrace RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(PROGRAMS scripts/grant_group.sh DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/hoodtrace RENAME grant-group)
# What the program does; the documents about its sources stay in the tree.
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES scripts/serve/dashboards/units.json scripts/serve/rules.yml DESTINATION ${CMAKE_INSTALL_DATADIR}/hoodtrace)
install(FILES scripts/systemd/hoodtrace-serve.service DESTINATION lib/systemd/system)
install(FILES docs/usage.md docs/diff.md docs/lab.md docs/how-it-counts.md docs/json.md docs/kernels.md docs/performance.md
              docs/serve.md docs/trace-format.md docs/timeline.png DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
include(Pages)

set(CPACK_GENERATOR TXZ)
set(CPACK_PACKAGE_VENDOR hoodtrace)
set(CPACK_PACKAGE_FILE_NAME hoodtrace-${PROJECT_VERSION}-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_STRIP_FILES ON)
include(CPack)
