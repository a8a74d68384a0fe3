using HybridAD.Blocks;
using HybridAD.Planning.Costs;
using HybridAD.Plans;

namespace HybridAD.Planning.Estimates;

/// <summary>
/// What a function takes as straight-line code, read off the code as it would be written: how much of it is packed into registers, how much is constant, and what is computed already. That takes
/// about as long as compiling it, so that it is asked for short functions only, when they are to be compiled.
/// </summary>
internal interface IStraightLineWork
{
    /// <summary>The work of the values of a function that is one kernel with one instance.</summary>
    Work OfValues(BlockGraph whole);

    /// <summary>The work of the Jacobian of such a function.</summary>
    /// <param name="whole">The function.</param>
    /// <param name="pattern">The pattern of its Jacobian.</param>
    /// <param name="order">How it is differentiated.</param>
    Work OfJacobian(BlockGraph whole, SparsityPattern pattern, JacobianStrategy order);
}
