using S2nTls.Platforms;

// CoreTests NAMESPACE... : runs the tests in these namespaces, and in those below them.
return Run.Tests(args);
