using S2nTls.Platforms;

// CoreTests NAME... : runs the tests of these classes, and of these namespaces and those below them.
return Run.Tests(args);
