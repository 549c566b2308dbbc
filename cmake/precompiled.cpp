// Nothing: a target with precompiled headers needs a file (cmake/precompiled.cmake).
