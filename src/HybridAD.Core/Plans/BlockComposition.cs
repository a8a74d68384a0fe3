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
    /// Through bodies that are repeated one time after the other, as steps in time and iterations are, each of which is compiled once: forward where few inputs count, in reverse where few
    /// outputs do. All directions are side by side, as instances of the body.
    /// </summary>
    Recurrences,

    /// <summary>
    /// Not across blocks either: the whole function is the code of one kernel, for values and for tangents or adjoints, and all directions are its instances. For functions that do not repeat, have few
    /// inputs or few outputs, and many operations between them.
    /// </summary>
    Directions,
}
