namespace HybridAD.Plans;

/// <summary>How the derivatives of blocks are put together.</summary>
public enum BlockComposition
{
    /// <summary>From the inputs on: kernels multiply their local derivatives with the gradients of what they read, and all rows come at once.</summary>
    Gradients,

    /// <summary>
    /// From the outputs on, one row of the Jacobian after the other: kernels turn the adjoints of their results into those of what they read. Cheaper where
    /// there are few outputs and many stages, because an adjoint is one number where a gradient has one for every input.
    /// </summary>
    Adjoints,

    /// <summary>
    /// Not across the blocks at all: sweeps over the whole function, several directions side by side, with values and partial derivatives from compiled code. For
    /// functions that do not repeat and whose rows, as straight-line code, would be many times as long as they are.
    /// </summary>
    Sweeps,

    /// <summary>
    /// Forward through bodies that are repeated one time after the other, all directions side by side: every body is compiled once, with the directions as its instances. For steps in
    /// time and iterations that depend on few inputs.
    /// </summary>
    Recurrences,
}
