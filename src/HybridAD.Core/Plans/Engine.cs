namespace HybridAD;

/// <summary>What evaluates a function and its derivatives.</summary>
public enum Engine
{
    /// <summary>An interpreter at first, and compiled kernels as soon as they pay.</summary>
    Auto,

    /// <summary>The interpreter only, as everywhere where code cannot be compiled at run time.</summary>
    Interpreted,

    /// <summary>Compiled kernels from the first evaluation on, wherever there can be any.</summary>
    Compiled,
}
