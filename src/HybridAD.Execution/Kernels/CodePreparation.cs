using System.Runtime.CompilerServices;

namespace HybridAD.Execution.Kernels;

/// <summary>A kernel that is several methods.</summary>
internal interface IDividedCode
{
    /// <summary>The methods.</summary>
    IReadOnlyList<Delegate> Parts { get; }
}

/// <summary>Has the runtime compile the methods of kernels before they are called, several at the same time: each takes it some milliseconds, and a long code is dozens of them.</summary>
internal static class CodePreparation
{
    /// <summary>Compiles what has not been compiled; nothing where there is one method, which the first call compiles. Thread-safe.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="threads">The most threads that work, the calling one included. It never waits for a thread that has not begun.</param>
    public static void Run(IEnumerable<Delegate> kernels, int threads)
    {
        if (threads < 2 || !KernelCompiler.IsSupported)
            return;
        var methods = new HashSet<Delegate>(ReferenceEqualityComparer.Instance);
        foreach (var kernel in kernels)
            if (kernel.Target is IDividedCode code)
                methods.UnionWith(code.Parts);
            else
                methods.Add(kernel);
        if (methods.Count > 1)
            Parallel.ForEach(methods, new ParallelOptions { MaxDegreeOfParallelism = threads }, RuntimeHelpers.PrepareDelegate);
    }
}
